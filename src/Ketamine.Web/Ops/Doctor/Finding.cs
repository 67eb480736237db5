namespace Ketamine.Web.Ops.Doctor;

/// <summary>A finding's status, in a word that is readable without color.</summary>
internal enum Mark
{
    Ok,

    /// <summary>Email arrives, but not as reliably as it could.</summary>
    Warning,

    /// <summary>Makes receivers reject email or treat it as spam, now or once they become stricter.</summary>
    Wrong,

    /// <summary>Couldn't be determined.</summary>
    Unknown,
}

/// <summary>The result of one check.</summary>
/// <param name="Subject">From, SPF, DKIM, …</param>
/// <param name="Text">What was found, in complete sentences.</param>
/// <param name="Todo">What to do, in complete sentences; null for nothing.</param>
internal sealed record Finding(Mark Mark, string Subject, string Text, string? Todo = null)
{
    /// <summary>Records as found in DNS.</summary>
    public ImmutableArray<string> Found { get; init; } = [];

    /// <summary>Records to add, or to replace the ones found.</summary>
    public ImmutableArray<DnsEntry> Records { get; init; } = [];
}

/// <summary>The findings about one record, which is shown with the first of them.</summary>
internal sealed class RecordFindings(string subject, DnsEntry record)
{
    public const string PutInPlace = "Replace the existing record with this one:";

    public List<Finding> All { get; } = [];

    public void Add(Mark mark, string text, string? todo = null, DnsEntry? other = null) =>
        All.Add(new(mark, subject, text, todo) { Found = All.Count == 0 ? [record.Value] : [], Records = other is null ? [] : [other] });

    /// <summary>The same, with the record to replace it with.</summary>
    public void Replace(Mark mark, string text, string instead, string todo = PutInPlace) => Add(mark, text, todo, record with { Value = instead });
}

/// <summary>Writes findings for an 80-column terminal. Records stay on one line each, so they can be copied.</summary>
internal static class FindingWriter
{
    private const int Width = 80;
    private const int Margin = 9;

    public static void Write(TextWriter output, Finding finding)
    {
        var indent = new string(' ', Margin);
        var mark = $"{finding.Mark.ToString().ToLowerInvariant(),-Margin}";
        foreach (var line in Wrap($"{finding.Subject}: {finding.Text}"))
        {
            output.WriteLine(mark + line);
            mark = indent;
        }

        foreach (var found in finding.Found) output.WriteLine($"{indent}  {Visible(found)}");
        if (finding.Todo is { } todo)
            foreach (var line in Wrap($"> {todo}")) output.WriteLine(indent + line);

        foreach (var record in finding.Records)
        {
            if (record != finding.Records[0]) output.WriteLine();
            output.WriteLine($"{indent}    Type   {record.Type}");
            output.WriteLine($"{indent}    Name   {Visible(record.Name)}");
            output.WriteLine($"{indent}    Value  {Visible(record.Value)}");
        }

        output.WriteLine();
    }

    /// <summary>Writes text, wrapped over as many lines as it needs.</summary>
    public static void WriteText(TextWriter output, string text)
    {
        foreach (var line in Wrap(text, Width)) output.WriteLine(line);
    }

    private static IEnumerable<string> Wrap(string text, int width = Width - Margin)
    {
        var line = "";
        foreach (var word in Visible(text).Split(' '))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line = line.Length == 0 ? word : $"{line} {word}";
        }

        yield return line;
    }

    // Anyone can put anything into DNS: don't let it control the terminal.
    private static string Visible(string text) =>
        string.Concat(text.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format ? '?' : c));
}
