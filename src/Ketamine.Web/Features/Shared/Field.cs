namespace Ketamine.Web.Features.Shared;

/// <summary>A labeled text field of a form, rendered by <c>_Field</c>: label above, hint, error, input.</summary>
/// <param name="Name">The field's name and id.</param>
/// <param name="Label">Shown above it; already in the site's language.</param>
/// <param name="Value">What was typed.</param>
/// <param name="Errors">The form's errors; the field shows its own.</param>
public sealed record Field(string Name, string Label, string? Value, FormErrors Errors)
{
    public string? Hint { get; init; }

    /// <summary>An extra class for the field's box; null for none.</summary>
    public string? Class { get; init; }

    /// <summary>text, email, or tel; <c>textarea</c> has <see cref="Rows"/> lines.</summary>
    public string Type { get; init; } = "text";

    public int Rows { get; init; } = 5;

    /// <summary>The autofill token (WCAG 1.3.5); null for fields that aren't about a person.</summary>
    public string? Autocomplete { get; init; }

    /// <summary>The keyboard on phones, e.g. numeric; null to choose by type.</summary>
    public string? InputMode { get; init; }

    public int MaxLength { get; init; } = 200;
    public bool Required { get; init; }
    public string? Error => Errors.For(Name);

    /// <summary>The ids that describe the input; null for none.</summary>
    public string? DescribedBy => (Hint, Error) switch
    {
        (null, null) => null,
        (null, _) => $"{Name}-error",
        (_, null) => $"{Name}-hint",
        _ => $"{Name}-hint {Name}-error",
    };
}
