using Ketamine.Web.Content;

namespace Ketamine.Web.Leads;

/// <summary>What people type into a form, cleaned by <see cref="PlainText"/>.</summary>
public static class TypedText
{
    /// <inheritdoc cref="PlainText.OneLine" />
    public static string OneLine(string? text) => PlainText.OneLine(text);

    /// <summary>Several lines: line breaks are \n, trailing space is cut, more than two empty lines in a row become two. Null when nothing is left.</summary>
    public static string? Lines(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var kept = new List<string>();
        foreach (var line in PlainText.Lines(text))
            if (line.Length > 0 || kept.Count < 2 || kept[^1].Length > 0 || kept[^2].Length > 0)
                kept.Add(line);
        var whole = string.Join('\n', kept).Trim();
        return whole.Length == 0 ? null : whole;
    }
}
