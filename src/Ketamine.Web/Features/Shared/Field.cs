namespace Ketamine.Web.Features.Shared;

/// <summary>One labeled text field of a form, as <c>_Field</c> draws it: label above, hint, error, input.</summary>
/// <param name="Name">The field's name and id.</param>
/// <param name="Label">Shown above it; already in the site's language.</param>
/// <param name="Value">What was typed.</param>
/// <param name="Errors">The form's; the field shows its own.</param>
public sealed record Field(string Name, string Label, string? Value, FormErrors Errors)
{
    public string? Hint { get; init; }

    /// <summary>A further class of the field's box; null for none.</summary>
    public string? Class { get; init; }

    /// <summary>text, email, tel; <c>textarea</c> draws one of <see cref="Rows"/> lines.</summary>
    public string Type { get; init; } = "text";

    public int Rows { get; init; } = 5;

    /// <summary>The token of WCAG 1.3.5 and HTML's autofill; null for fields about nobody.</summary>
    public string? Autocomplete { get; init; }

    /// <summary>The keys that a phone offers, e.g. numeric; null leaves it to the type.</summary>
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
