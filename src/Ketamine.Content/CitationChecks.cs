using Ketamine.Content.Claims;
using Ketamine.Content.Reading;

namespace Ketamine.Content;

/// <summary>
/// Whether the works that texts cite support them. Remembers the texts of the last read: with ten thousand articles, checking all of them again would
/// keep a change waiting for seconds. For one read at a time.
/// </summary>
internal sealed class CitationChecks
{
    private Last? _last;

    /// <param name="hash">Of bibliography.yml; null if there is none.</param>
    /// <param name="inLists">What lists cite; they are read again every time.</param>
    public IEnumerable<Diagnostic> Problems(
        string? hash, ImmutableArray<Reference> bibliography, ImmutableArray<ContentDocument> texts, IEnumerable<CitedSentence> inLists)
    {
        var last = _last?.Hash == hash ? _last : null;
        var fit = last?.Fit ?? new CitationFit(bibliography);
        var byText = new Dictionary<ContentDocument, ImmutableArray<Diagnostic>>(texts.Length, ByReference);
        foreach (var text in texts)
            if (last is not null && last.ByText.TryGetValue(text, out var problems)) byText[text] = problems;
        var changed = texts.RemoveAll(byText.ContainsKey);
        var found = new ImmutableArray<Diagnostic>[changed.Length];
        Parallel.For(0, changed.Length, at => found[at] = [.. Check(fit, changed[at].Cited, asWarning: changed[at].Draft)]);
        for (var at = 0; at < found.Length; at++) byText[changed[at]] = found[at];
        _last = new Last(hash, fit, byText);
        return byText.Values.SelectMany(problems => problems).Concat(Check(fit, inLists, asWarning: false));
    }

    // A text that hasn't changed is the same object.
    private static IEqualityComparer<ContentDocument> ByReference => ReferenceEqualityComparer.Instance;

    private static IEnumerable<Diagnostic> Check(CitationFit fit, IEnumerable<CitedSentence> sentences, bool asWarning) =>
        sentences.Select(sentence => sentence.Check(fit, asWarning)).OfType<Diagnostic>();

    private sealed record Last(string? Hash, CitationFit Fit, Dictionary<ContentDocument, ImmutableArray<Diagnostic>> ByText);
}
