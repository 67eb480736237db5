namespace Ketamine.Content.Reading;

/// <summary>
/// Reads <c>search.yml</c>: what pages call a thing, and what visitors type when they look for it, as in <c>cost: [afford, "how much"]</c>. A path on
/// the left (<c>/blog/helping-someone-you-love: [my wife]</c>) names the page to show first.
/// </summary>
public static class SearchFile
{
    public const string File = "search.yml";

    private const int Longest = 60;

    /// <returns>One pair per word or phrase that visitors type.</returns>
    public static ImmutableArray<(string Target, string Typed)> Read(YamlValue? root, Diagnostics diagnostics)
    {
        if (root is null) return [];
        if (root is not YamlMap map)
        {
            diagnostics.Error(root.Line, "file", $"{root.Found} instead of words and what people type for them", "cost: [afford, \"how much\"]");
            return [];
        }

        var pairs = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (var entry in map.Entries)
        {
            IEnumerable<YamlValue> typed = entry.Value is YamlList list ? list.Items : [entry.Value];
            foreach (var value in typed)
            {
                if (value is YamlText { Nothing: false, Text: { Length: > 0 and <= Longest } text }) pairs.Add((entry.Key, text));
                else
                    diagnostics.Error(
                        value.Line,
                        entry.Key,
                        $"{value.Found} isn't something that a visitor would type (words of at most {Longest} characters)",
                        $"{entry.Key}: [afford, \"how much\"]");
            }
        }

        return pairs.ToImmutable();
    }
}
