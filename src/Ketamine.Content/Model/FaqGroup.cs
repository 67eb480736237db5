namespace Ketamine.Content.Model;

public sealed record FaqGroup(string Name, ImmutableArray<Faq> Questions);
