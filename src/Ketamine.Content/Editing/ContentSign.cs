using Ketamine.Content.Claims;
using Ketamine.Content.Reading;

namespace Ketamine.Content.Editing;

/// <summary>
/// <c>content sign FILE --by PERSON</c>: for an article or service, writes a medical review's date and signature into its front matter; for any
/// other file, records in acknowledged.yml the sentences that the reviewer approves.
/// </summary>
public static class ContentSign
{
    private const string Heading = """
        # Sentences in pages and lists that need a reviewer's approval: who approved them, and when.
        # `content sign FILE --by PERSON` writes this file. Each entry applies only to that exact wording; a changed sentence needs a new approval.

        """;

    private static readonly string[] Keys = ["reviewedBy", "reviewed", "reviewHash", "reviewAcknowledged"];

    /// <summary>Signs one file; returns 1, with the reason in <paramref name="output"/>, if it can't be signed.</summary>
    /// <param name="folder">The content folder.</param>
    /// <param name="name">A slug, a path in the folder, or a file's name.</param>
    /// <param name="by">A key of people.yml.</param>
    public static int Run(string folder, string name, string by, TimeProvider clock, TextWriter output)
    {
        var reading = ContentFolder.Read(folder);
        if (FindFile(reading, folder, name, output) is not { } file || HasErrors(reading, file, output)) return 1;
        if (!reading.People.TryGetValue(by, out var person))
        {
            output.WriteLine(
                $"{Diagnostics.Quote(by)} isn't a key in people.yml, which has {string.Join(", ", reading.People.Keys.Order(StringComparer.Ordinal))}"
                    + NearestName.Hint(by, reading.People.Keys));
            return 1;
        }

        if (Placeholders.Within($"{person.Name} {person.Credentials}"))
        {
            output.WriteLine(
                $"people.yml doesn't say yet who {by} is. Replace the [[Write: …]] there with the reviewer's name and credentials, and sign again.");
            return 1;
        }

        var text = reading.Texts.FirstOrDefault(text => text.File == file && text.Kind != ContentKind.Page);
        var sentences = (text?.Claims ?? reading.ForReviewer)
            .Where(claim => claim.File == file && claim.Finding.Verdict == ClaimVerdict.Review)
            .Select(claim => claim.Sentence)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        var today = clock.GetUtcNow().InZone(reading.Zone).Date;
        var approval = new Approval(folder, file, person, today, sentences);
        output.WriteLine(text is null ? Acknowledge(approval, reading.Acknowledged) : Sign(approval, text, reading.Parties));
        foreach (var sentence in sentences) output.WriteLine($"  acknowledged: {sentence}");
        return 0;
    }

    /// <param name="Sentences">The marked sentences of the file, all of which the reviewer approves.</param>
    private sealed record Approval(string Folder, string File, Person Reviewer, LocalDate Day, IReadOnlyList<string> Sentences);

    private static string? FindFile(ContentReading reading, string folder, string name, TextWriter output)
    {
        var slugs = reading.Texts.ToDictionary(text => text.File, text => text.Slug.ToString(), StringComparer.Ordinal);
        var files = slugs
            .Keys.Concat(Acknowledgement.Lists)
            // The acknowledgements of a deleted file can be cleared.
            .Concat(reading.Acknowledged.Select(entry => entry.File))
            .Distinct(StringComparer.Ordinal)
            .Where(file =>
                slugs.GetValueOrDefault(file) == name
                || file == name.Replace('\\', '/')
                || Path.GetFileName(file) == name
                || Path.GetFullPath(Path.Combine(folder, file)) == Path.GetFullPath(name)
            )
            .ToList();
        if (files is [var only]) return only;
        output.WriteLine(
            files.Count == 0
                ? $"No text or list is called {Diagnostics.Quote(name)}{NearestName.Hint(name, slugs.Values.Concat(Acknowledgement.Lists))}"
                : $"{Diagnostics.Quote(name)} matches several files: {string.Join(", ", files)}. Give the path.");
        return null;
    }

    // Only errors that change what is signed matter; those in other files don't.
    private static bool HasErrors(ContentReading reading, string file, TextWriter output)
    {
        var errors = reading.Errors.Where(error => error.File == file || error.File is "people.yml" or "clinic.yml" or Acknowledgement.List).ToList();
        foreach (var error in errors) output.WriteLine(error.ToMessage());
        return errors.Count > 0;
    }

    private static string Acknowledge(Approval approval, IEnumerable<Acknowledgement> before)
    {
        var (folder, file, reviewer, day, sentences) = approval;
        var path = Path.Combine(folder, Acknowledgement.List);
        var entries = before
            .Where(entry => entry.File != file)
            .Concat(sentences.Select(sentence => new Acknowledgement(0, file, sentence, reviewer.Key, day)))
            .OrderBy(entry => entry.File, StringComparer.Ordinal)
            .Select(entry => $"\n- file: {entry.File}\n  sentence: {Quoted(entry.Sentence)}\n  by: {entry.By}\n  on: {entry.On:uuuu-MM-dd}\n")
            .ToList();
        if (entries.Count == 0) File.Delete(path);
        else WholeFile.Write(path, Heading + string.Concat(entries), mark: false);
        return sentences.Count == 0
            ? $"{file}: no sentence needs a reviewer's approval."
            : $"{file}: {sentences.Count} acknowledged by {reviewer.Name} on {day:uuuu-MM-dd}. Any change in their wording undoes it.";
    }

    private static string Sign(Approval approval, ContentDocument text, ReviewParties parties)
    {
        var (folder, file, reviewer, day, sentences) = approval;
        Rewrite(
            Path.Combine(folder, file),
            [
                $"reviewedBy: {reviewer.Key}",
                $"reviewed: {day:uuuu-MM-dd}",
                $"reviewHash: {ReviewSignature.Of(text, reviewer.Key, day, sentences, parties)}",
                .. sentences.Count == 0 ? [] : new[] { "reviewAcknowledged:" }.Concat(sentences.Select(sentence => $"  - {Quoted(sentence)}")),
            ]);
        return $"{file}: signed by {reviewer.Name} on {day:uuuu-MM-dd}. Any change in its wording voids the signature.";
    }

    /// <summary>Replaces the review's keys in the front matter, and no other byte of the file.</summary>
    private static void Rewrite(string path, IReadOnlyList<string> review)
    {
        var bytes = File.ReadAllBytes(path);
        var mark = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble);
        var source = Encoding.UTF8.GetString(bytes, mark ? 3 : 0, bytes.Length - (mark ? 3 : 0));
        var lines = source.Split('\n').ToList();
        var end = lines[0].EndsWith('\r') ? "\r" : "";
        var close = lines.FindIndex(1, line => line.TrimEnd() == "---");
        var at = -1;
        for (var i = 1; i < close;)
        {
            if (!Array.Exists(Keys, key => lines[i].StartsWith(key + ":", StringComparison.Ordinal)))
            {
                i++;
                continue;
            }

            var next = i + 1;
            while (next < close && (lines[next].StartsWith(' ') || lines[next].StartsWith('\t') || lines[next].StartsWith("- ", StringComparison.Ordinal)))
                next++;
            lines.RemoveRange(i, next - i);
            close -= next - i;
            if (at < 0) at = i;
        }

        lines.InsertRange(at < 0 ? close : at, review.Select(line => line + end));
        WholeFile.Write(path, string.Join('\n', lines), mark);
    }

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
