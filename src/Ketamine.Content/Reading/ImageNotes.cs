namespace Ketamine.Content.Reading;

/// <summary>Reads images.yml: each picture's alternative text and focal point, wherever it is shown.</summary>
internal static partial class ImageNotes
{
    public const string File = "images.yml";

    /// <summary>The folder's files with their details from images.yml.</summary>
    public static FrozenDictionary<string, ContentFile> Read(YamlValue? root, Diagnostics notes, FrozenDictionary<string, ContentFile> files)
    {
        if (root is null) return files;
        var described = files.ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        var all = MapReader.Root(root, notes);
        foreach (var (name, _) in all.Keys)
        {
            var map = all.Map(name);
            if (!described.TryGetValue("/images/" + name, out var file))
            {
                all.Wrong(
                    name,
                    "there is no such picture in images/",
                    $"{NearestName.To(name, files.Keys.Select(path => path["/images/".Length..]).ToList()) ?? "the name of a file in images/"}:");
                continue;
            }

            if (map is null) continue;
            var alt = map.Text("alt", 500);
            var focus = map.Value<FocalPoint>("focus", TryParseFocus, "two percentages, from the left and from the top, e.g. 40% 30%");
            described["/images/" + name] = file with { Alt = alt ?? "", Focus = focus ?? FocalPoint.Center };
            map.Close();
        }

        return described.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static bool TryParseFocus(string text, out FocalPoint focus)
    {
        var match = Focus().Match(text);
        focus = match.Success ? new FocalPoint(Percent(1), Percent(2)) : default;
        return match.Success && focus is { X: <= 100, Y: <= 100 };

        int Percent(int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"^([0-9]{1,3})%\s+([0-9]{1,3})%\z", RegexOptions.CultureInvariant)]
    private static partial Regex Focus();
}
