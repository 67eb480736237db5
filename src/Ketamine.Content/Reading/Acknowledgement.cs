using Ketamine.Content.Claims;

namespace Ketamine.Content.Reading;

/// <summary>A reviewer's approval of one marked sentence in a file that has no review itself. It applies only to that exact wording.</summary>
/// <param name="Line">The line in acknowledged.yml.</param>
/// <param name="By">A key of people.yml.</param>
public sealed record Acknowledgement(int Line, string File, string Sentence, string By, LocalDate On)
{
    public const string List = "acknowledged.yml";

    /// <summary>The folder's lists whose wording is checked.</summary>
    public static readonly ImmutableArray<string> Lists = ["clinic.yml", "people.yml", "faqs.yml", "reviews.yml", SafetyFacts.File, ImageNotes.File];

    public static ImmutableArray<Acknowledgement> Read(YamlValue? root, Diagnostics notes) => [.. MapReader.RootList(root, notes).Select(map =>
    {
        var entry = new Acknowledgement(map.Line, map.Required("file"), map.Required("sentence", 10_000), map.Required("by"), map.RequiredDay("on"));
        if (entry.File.Length > 0 && !Lists.Contains(entry.File) && ContentDocument.KindOf(entry.File) != ContentKind.Page)
            map.Wrong(
                "file",
                $"{Diagnostics.Quote(entry.File)} is neither a page nor a list with checked wording; articles and services have their own review",
                $"file: pages/about.md, or {string.Join(", ", Lists)}");
        map.Close();
        return entry;
    })];

    /// <summary>The findings that aren't acknowledged, and the entries that acknowledge nothing.</summary>
    public static IEnumerable<Diagnostic> Warnings(
        IReadOnlyList<Acknowledgement> entries, IReadOnlyList<ClaimDiagnostic> forReviewer, FrozenDictionary<string, Person> people)
    {
        var asked = forReviewer.Select(claim => (claim.File, ReviewSignature.Normalize(claim.Sentence))).ToHashSet();
        var held = new HashSet<(string, string)>();
        foreach (var entry in entries)
        {
            var sentence = (entry.File, ReviewSignature.Normalize(entry.Sentence));
            if (!people.ContainsKey(entry.By))
                yield return Warning(entry, "by", Diagnostics.Quote(entry.By), $"a key of people.yml{NearestName.Hint(entry.By, people.Keys)}");
            else if (!asked.Contains(sentence))
                yield return Warning(
                    entry,
                    "sentence",
                    $"{Diagnostics.Quote(entry.Sentence)}, which is no longer in {entry.File}, or which no rule marks anymore",
                    $"content sign {entry.File} --by {entry.By}: it removes outdated entries");
            else held.Add(sentence);
        }

        foreach (var claim in forReviewer.Where(claim => !held.Contains((claim.File, ReviewSignature.Normalize(claim.Sentence)))))
            yield return claim.ToDiagnostic(asWarning: true);

        static Diagnostic Warning(Acknowledgement entry, string key, string found, string wanted) =>
            new(List, entry.Line, key, found, wanted, DiagnosticSeverity.Warning);
    }
}
