using System.Text;
using Ketamine.Content;
using Ketamine.Content.Claims;
using Ketamine.Content.Reading;
using NodaTime;

namespace Ketamine.Content.Editing;

/// <summary>
/// <c>content sign FILE --by PERSON</c>: writes a medical review's date and signature into an article's or service's front matter, and for any
/// other file which of its sentences a reviewer lets stand into acknowledged.yml.
/// </summary>
public static class ContentSign
{
    private const string Heading = """
        # Sentences of pages and lists that the rules of wording leave to a reviewer, with who let them stand, and when.
        # `content sign FILE --by PERSON` writes this file. An entry holds for these very words: a changed sentence asks anew.

        """;

    private static readonly string[] Keys = ["reviewedBy", "reviewed", "reviewHash", "reviewAcknowledged"];

    /// <summary>Signs one file; 1 with the reason on <paramref name="output"/> when it can't be signed.</summary>
    /// <param name="folder">The content folder.</param>
    /// <param name="name">A slug, a path under the folder, or a file's name.</param>
    /// <param name="by">A key of people.yml.</param>
    public static int Run(string folder, string name, string by, TimeProvider clock, TextWriter output)
    {
        var reading = ContentFolder.Read(folder);
        // What is acknowledged of a file that is gone can be cleared.
        var slugs = reading.Texts.ToDictionary(text => text.File, text => text.Slug.ToString(), StringComparer.Ordinal);
        var files = slugs
            .Keys.Concat(Acknowledgement.Lists)
            .Concat(reading.Acknowledged.Select(entry => entry.File))
            .Distinct(StringComparer.Ordinal)
            .Where(file =>
                slugs.GetValueOrDefault(file) == name
                || file == name.Replace('\\', '/')
                || Path.GetFileName(file) == name
                || Path.GetFullPath(Path.Combine(folder, file)) == Path.GetFullPath(name)
            )
            .ToList();
        if (files is not [var file])
        {
            output.WriteLine(files.Count == 0
                ? $"No text or list is called {Diagnostics.Quote(name)}{NearestName.Hint(name, slugs.Values.Concat(Acknowledgement.Lists))}"
                : $"{Diagnostics.Quote(name)} names several: {string.Join(", ", files)}. Give the path.");
            return 1;
        }

        // A text with errors of its own is not what will be shown; what is wrong elsewhere need not wait for this.
        var errors = reading.Errors.Where(error => error.File == file || error.File is "people.yml" or "clinic.yml" or Acknowledgement.List).ToList();
        foreach (var error in errors) output.WriteLine(error.ToMessage());
        if (errors.Count > 0) return 1;
        if (!reading.People.TryGetValue(by, out var person))
        {
            output.WriteLine($"{Diagnostics.Quote(by)} is no key of people.yml{NearestName.Hint(by, reading.People.Keys)}");
            return 1;
        }

        var today = Instant.FromDateTimeOffset(clock.GetUtcNow()).InZone(reading.Zone).Date;
        var text = reading.Texts.FirstOrDefault(text => text.File == file && text.Kind != ContentKind.Page);
        var sentences = (text?.Claims ?? reading.Asking)
            .Where(claim => claim.File == file && claim.Finding.Verdict == ClaimVerdict.Review)
            .Select(claim => claim.Sentence)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (text is null)
        {
            Acknowledge(
                Path.Combine(folder, Acknowledgement.List),
                [.. reading.Acknowledged.Where(entry => entry.File != file), .. sentences.Select(sentence => new Acknowledgement(0, file, sentence, by, today))]
            );
            output.WriteLine(
                sentences.Count == 0
                    ? $"{file}: no sentence in it asks for a reviewer."
                    : $"{file}: {sentences.Count} acknowledged by {person.Name} on {today:uuuu-MM-dd}. Any change of their words undoes it."
            );
        }
        else
        {
            var hash = ReviewSignature.Of(text, by, today, sentences, reading.Parties);
            Rewrite(
                Path.Combine(folder, file),
                [
                    $"reviewedBy: {by}",
                    $"reviewed: {today:uuuu-MM-dd}",
                    $"reviewHash: {hash}",
                    .. sentences.Count == 0 ? [] : new[] { "reviewAcknowledged:" }.Concat(sentences.Select(sentence => $"  - {Quoted(sentence)}")),
                ]
            );
            output.WriteLine($"{file}: signed by {person.Name} on {today:uuuu-MM-dd}. Any change of its words unsigns it.");
        }

        foreach (var sentence in sentences) output.WriteLine($"  acknowledged: {sentence}");
        return 0;
    }

    private static void Acknowledge(string path, IReadOnlyList<Acknowledgement> entries)
    {
        if (entries.Count == 0) File.Delete(path);
        else
            WholeFile.Write(
                path,
                Heading
                    + string.Concat(
                        entries
                            .OrderBy(entry => entry.File, StringComparer.Ordinal)
                            .Select(entry => $"\n- file: {entry.File}\n  sentence: {Quoted(entry.Sentence)}\n  by: {entry.By}\n  on: {entry.On:uuuu-MM-dd}\n")
                    ),
                mark: false
            );
    }

    /// <summary>Replaces the review's keys in the front matter and leaves every other byte as it is.</summary>
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
