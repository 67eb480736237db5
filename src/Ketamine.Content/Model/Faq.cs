namespace Ketamine.Content.Model;

/// <param name="Anchor">The fragment under /faqs.</param>
public sealed record Faq(string Question, Prose Answer, string Anchor);
