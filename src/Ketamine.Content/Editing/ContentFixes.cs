namespace Ketamine.Content.Editing;

/// <summary><c>content check --fix</c>: shows the safe corrections line by line, and makes them after confirmation.</summary>
public static class ContentFixes
{
    /// <param name="agree">Called once, after the difference has been shown; if null, nothing is written.</param>
    /// <returns>How many corrections were written.</returns>
    public static int Run(string path, TextWriter output, TimeProvider clock, Func<bool>? agree, bool color = false)
    {
        var paint = new Paint(color);
        var changes = Changes(path, new ContentFolder(path, clock).Read().Fixes).ToList();
        if (changes.Count == 0)
        {
            output.WriteLine("There are no safe corrections. A person has to decide about the problems that content check lists.");
            return 0;
        }

        foreach (var (file, before, after, _) in changes)
        {
            output.WriteLine(paint.Strong(file));
            foreach (var (line, old, now) in Difference(before, after))
            {
                if (old is not null) output.WriteLine(paint.Old($"{line,5} - {old}"));
                if (now is not null) output.WriteLine(paint.New($"{line,5} + {now}"));
            }
        }

        var count = changes.Sum(change => change.Count);
        if (agree is null || !agree())
        {
            output.WriteLine($"Nothing was written. {(agree is null ? "content check --fix --yes makes these corrections." : "")}".TrimEnd());
            return 0;
        }

        foreach (var (file, _, after, _) in changes) Write(Path.Combine(path, file), after);
        output.WriteLine($"{ContentCheck.Count(count, "correction")} written.");
        return count;
    }

    /// <summary>Each file with corrections, before and after.</summary>
    private static IEnumerable<(string File, string Before, string After, int Count)> Changes(string path, IEnumerable<ContentFix> fixes)
    {
        foreach (var file in fixes.GroupBy(fix => fix.File, StringComparer.Ordinal).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var before = RegularFile.ReadText(Path.Combine(path, file.Key));
            var lines = before.Split('\n');
            var count = 0;
            // Start at the end, because a correction moves what follows it. If two overlap, the later one wins.
            var done = (Line: int.MaxValue, Column: int.MaxValue);
            foreach (var fix in file.OrderByDescending(fix => fix.At.StartLine).ThenByDescending(fix => fix.At.StartColumn))
            {
                var at = fix.At;
                if (at.StartLine != at.EndLine || at.StartLine < 1 || at.StartLine > lines.Length || (at.EndLine, at.EndColumn).CompareTo(done) > 0) continue;
                var line = lines[at.StartLine - 1];
                if (at.EndColumn > line.Length || at.StartColumn > at.EndColumn) continue;
                lines[at.StartLine - 1] = line[..at.StartColumn] + fix.Now + line[at.EndColumn..];
                done = (at.StartLine, at.StartColumn);
                count++;
            }

            var after = string.Join('\n', lines);
            if (after != before) yield return (file.Key, before, after, count);
        }
    }

    /// <summary>The lines that differ between two texts with the same number of lines.</summary>
    private static IEnumerable<(int Line, string? Old, string? New)> Difference(string before, string after) =>
        before
            .Split('\n')
            .Zip(after.Split('\n'))
            .Index()
            .Where(pair => pair.Item.First != pair.Item.Second)
            .Select(pair => (pair.Index + 1, (string?)pair.Item.First.TrimEnd('\r'), (string?)pair.Item.Second.TrimEnd('\r')));

    private static void Write(string path, string text) =>
        WholeFile.Write(path, text, mark: File.ReadAllBytes(path).AsSpan().StartsWith(Encoding.UTF8.Preamble));
}
