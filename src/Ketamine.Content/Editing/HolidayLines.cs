using Ketamine.Content.Reading;

namespace Ketamine.Content.Editing;

/// <summary>Holidays as an editor writes them in the browser, one per line: <c>2026-12-25 closed, Christmas</c>. Also hours on one line.</summary>
internal static partial class HolidayLines
{
    /// <summary>Entries for clinic.yml, each as YAML on one line.</summary>
    /// <exception cref="FormatException">A line can't be read. The message is written for the editor.</exception>
    public static IReadOnlyList<string> Read(string text) =>
        [.. text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Entry)];

    /// <summary>The file's holidays as lines.</summary>
    public static string Write(YamlValue? holidays) => holidays is not YamlList list ? "" : string.Join('\n', list.Items.Select(item =>
    {
        var days = Text(item, "date") is { Length: > 0 } day ? day : $"{Text(item, "from")} to {Text(item, "to")}";
        var what = Text(item, "opens") is { Length: > 0 } opens ? $"{opens}-{Text(item, "closes")}" : "closed";
        return $"{days} {what}{(Text(item, "note") is { Length: > 0 } note ? $", {note}" : "")}";
    }));

    /// <summary>Hours on one line: as in the file, or written in that form.</summary>
    public static string Hours(YamlValue? hours) => hours switch
    {
        YamlText { Nothing: false } text => text.Text,
        YamlList list => string.Join(", ", list.Items.Select(item => item is YamlText text ? text.Text
            : $"{string.Join(' ', Days(YamlEdit.Find(item, ["days"])))} {Text(item, "opens")}-{Text(item, "closes")}")),
        _ => "",
    };

    private static string Entry(string line)
    {
        var parts = Line().Match(line);
        var note = parts.Groups["note"].Value.Trim();
        var days = parts.Groups["to"] is { Success: true, Value: var to } ? $"from: {parts.Groups["from"].Value}, to: {to}"
            : $"date: {parts.Groups["from"].Value}";
        var more = note.Length > 0 ? $", note: {Yaml.Quote(note)}" : "";
        if (parts.Success && parts.Groups["hours"].Value is var hours)
        {
            if (hours.Equals("closed", StringComparison.OrdinalIgnoreCase)) return $"{{{days}, closed: true{more}}}";
            if (WrittenTimes.TryParseSpan(hours, out var opens, out var closes))
                return string.Create(CultureInfo.InvariantCulture,
                    $"{{{days}, opens: {WrittenTimes.Quoted(opens)}, closes: {WrittenTimes.Quoted(closes)}{more}}}");
        }

        throw new FormatException($"“{Diagnostics.Shown(line)}” isn't a holiday. Write the date first: 2026-12-25 closed, Christmas");
    }

    private static string Text(YamlValue item, string key) => YamlEdit.Find(item, [key]) is YamlText { Nothing: false } text ? text.Text.Trim() : "";

    private static IEnumerable<string> Days(YamlValue? days) => days switch
    {
        YamlList list => Runs([.. list.Items.OfType<YamlText>().Select(day => day.Text)]),
        YamlText text => [text.Text],
        _ => [],
    };

    // "mon tue wed thu" as "Mon-Thu".
    private static IEnumerable<string> Runs(List<string> days)
    {
        for (int start = 0, end; start < days.Count; start = end + 1)
        {
            for (end = start; end + 1 < days.Count && Number(days[end]) is >= 0 and var number && Number(days[end + 1]) == number + 1;) end++;
            yield return end == start ? Name(days[start]) : $"{Name(days[start])}-{Name(days[end])}";
        }

        static int Number(string day) => WrittenTimes.Days.IndexOf(day.ToLowerInvariant());

        static string Name(string day) => day.Length > 0 ? char.ToUpperInvariant(day[0]) + day[1..] : day;
    }

    [GeneratedRegex(@"^(?<from>\d{4}-\d\d-\d\d)(\s+to\s+(?<to>\d{4}-\d\d-\d\d))?[\s:]+(?<hours>[^,]+?)\s*(,(?<note>.*))?$",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Line();
}
