namespace Ketamine.Content.Model;

/// <summary>A picture under <c>images/</c>, measured on load so that pages don't jump.</summary>
/// <param name="Path">The address: /images/….</param>
/// <param name="Alt">Empty for decoration.</param>
/// <param name="Width">CSS pixels.</param>
/// <param name="Height">CSS pixels.</param>
public sealed record Picture(string Path, string Alt, int Width, int Height);
