namespace Ketamine.Content.Model;

/// <summary>What a patient agreed to have shown.</summary>
public sealed record Review(string Text, string By, LocalDate Date, string? Source, Uri? Href, LocalDate Consent);
