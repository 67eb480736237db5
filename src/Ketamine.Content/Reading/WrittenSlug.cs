namespace Ketamine.Content.Reading;

/// <summary>Turns what people write in place of slugs, such as titles and file names with spaces, into slugs.</summary>
public static class WrittenSlug
{
    /// <summary>"What a visit is like" becomes what-a-visit-is-like; null if no letters or digits are left.</summary>
    public static string? Suggest(string text)
    {
        var slug = new StringBuilder();
        foreach (var c in TypedText.Normalized(text, NormalizationForm.FormKD).ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(c)) slug.Append(c);
            else if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark && c is not ('\'' or '’') && slug.Length > 0 && slug[^1] != '-')
                slug.Append('-');
        }

        var made = slug.ToString().Trim('-');
        return Slug.TryParse(made, out _) ? made : null;
    }

    public static bool TryParse(string text, out Slug slug) => Slug.TryParse(text, out slug) || (Suggest(text) is { } made && Slug.TryParse(made, out slug));
}
