namespace Ketamine.Content.Model;

/// <summary>Where an old address leads now.</summary>
/// <param name="To">A path or address on this site; null means gone (410).</param>
public sealed record Redirect(string From, string? To);
