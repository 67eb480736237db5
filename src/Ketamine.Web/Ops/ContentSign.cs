using System.Text;
using Ketamine.Web.Content;
using Ketamine.Web.Content.Claims;
using Ketamine.Web.Content.Reading;
using NodaTime;

namespace Ketamine.Web.Ops;

/// <summary><c>content sign ARTICLE --by PERSON</c>: writes a medical review's date and signature into a text's front matter.</summary>
public static class ContentSign
{
    private static readonly string[] Keys = ["reviewedBy", "reviewed", "reviewHash", "reviewAcknowledged"];

    /// <summary>Signs one text; 1 with the reason on <paramref name="output"/> when it can't be signed.</summary>
    /// <param name="folder">The content folder.</param>
    /// <param name="article">A slug, a path under the folder, or a file's name; articles and services are reviewed.</param>
    /// <param name="by">A key of people.yml.</param>
    public static int Run(string folder, string article, string by, TimeProvider clock, TextWriter output)
    {
        var reading = ContentFolder.Read(folder);
        var texts = reading.Texts.Where(text => text.Kind != TextKind.Page && text.Body is not null).ToList();
        var matches = texts.Where(text => text.Slug.ToString() == article || text.File == article.Replace('\\', '/') || Path.GetFileName(text.File) == article || Path.GetFullPath(Path.Combine(folder, text.File)) == Path.GetFullPath(article)).ToList();
        if (matches is not [var text])
        {
            output.WriteLine(matches.Count == 0
                ? $"No article or service is called {FileNotes.Quote(article)}{Nearest.Hint(article, texts.Select(text => text.Slug.ToString()))}"
                : $"{FileNotes.Quote(article)} names several: {string.Join(", ", matches.Select(match => match.File))}. Give the path.");
            return 1;
        }

        // A text with errors of its own is not what will be shown; what is wrong elsewhere need not wait for this.
        var errors = reading.Errors.Where(error => error.File == text.File || error.File is "people.yml" or "clinic.yml").ToList();
        foreach (var error in errors) output.WriteLine(error.Told());
        if (errors.Count > 0) return 1;
        if (!reading.People.TryGetValue(by, out var person))
        {
            output.WriteLine($"{FileNotes.Quote(by)} is no key of people.yml{Nearest.Hint(by, reading.People.Keys)}");
            return 1;
        }

        var today = Instant.FromDateTimeOffset(clock.GetUtcNow()).InZone(reading.Zone).Date;
        var acknowledged = text.Claims.Where(claim => claim.Finding.Verdict == ClaimVerdict.Review).Select(claim => claim.Sentence).Distinct(StringComparer.Ordinal).ToList();
        var hash = ReviewSignature.Of(text, by, today, acknowledged);
        var path = Path.Combine(folder, text.File);
        Rewrite(path, [$"reviewedBy: {by}", $"reviewed: {today:uuuu-MM-dd}", $"reviewHash: {hash}", .. acknowledged.Count == 0 ? [] : new[] { "reviewAcknowledged:" }.Concat(acknowledged.Select(sentence => $"  - {Quoted(sentence)}"))]);
        output.WriteLine($"{text.File}: signed by {person.Name} on {today:uuuu-MM-dd}. Any change of its words unsigns it.");
        foreach (var sentence in acknowledged) output.WriteLine($"  acknowledged: {sentence}");
        return 0;
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
            while (next < close && (lines[next].StartsWith(' ') || lines[next].StartsWith('\t') || lines[next].StartsWith("- ", StringComparison.Ordinal))) next++;
            lines.RemoveRange(i, next - i);
            close -= next - i;
            if (at < 0) at = i;
        }

        lines.InsertRange(at < 0 ? close : at, review.Select(line => line + end));
        // Written beside and moved over, so that a site that is watching never reads half of it.
        var beside = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.tmp");
        File.WriteAllText(beside, string.Join('\n', lines), new UTF8Encoding(encoderShouldEmitUTF8Identifier: mark));
        File.Move(beside, path, overwrite: true);
    }

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
