using System.Diagnostics.CodeAnalysis;

namespace Ketamine.Content.Model;

/// <summary>
/// The part of an address that names one article, service, page or topic: lowercase ASCII letters, digits and single hyphens, 1 to 100 characters.
/// </summary>
public readonly partial record struct Slug : IComparable<Slug>
{
    private readonly string? _value;

    private Slug(string value) => _value = value;

    /// <summary>Parses <paramref name="text"/>; false for anything but lowercase words joined by single hyphens.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Slug slug)
    {
        var good = text is { Length: <= 100 } && Pattern().IsMatch(text);
        slug = good ? new Slug(text!) : default;
        return good;
    }

    /// <summary>Parses <paramref name="text"/>.</summary>
    /// <exception cref="FormatException">The text isn't a slug.</exception>
    public static Slug Parse(string text) =>
        TryParse(text, out var slug) ? slug : throw new FormatException($"'{text}' isn't a slug: use lowercase letters, digits, and single hyphens");

    public int CompareTo(Slug other) => string.CompareOrdinal(_value, other._value);

    public override string ToString() => _value ?? "";

    [GeneratedRegex(@"^[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
