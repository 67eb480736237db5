namespace Ketamine.Content.Markdown;

/// <summary>Numbers a piece's references in order of first use, and formats them.</summary>
internal sealed class ReferenceList(FrozenDictionary<string, Reference> bibliography, MarkdownStrings words)
{
    private readonly List<(Reference Reference, int Uses)> _cited = [];

    /// <summary>The marks of a citation, without keys that aren't in the bibliography.</summary>
    public ProseCitation Cite(Citation citation) =>
        new([.. citation.Keys.Select(key => bibliography.GetValueOrDefault(key)).OfType<Reference>().Select(Mark)]);

    /// <summary>Everything cited so far.</summary>
    public ImmutableArray<ProseReference> Entries() => [.. _cited.Select((cited, index) => Entry(cited.Reference, index + 1, cited.Uses))];

    private ProseCitationMark Mark(Reference reference)
    {
        var index = _cited.FindIndex(cited => cited.Reference.Key == reference.Key);
        if (index < 0)
        {
            index = _cited.Count;
            _cited.Add((reference, 0));
        }

        var use = _cited[index].Uses + 1;
        _cited[index] = (reference, use);
        return new ProseCitationMark(index + 1, use, Short(reference), BestSource(reference));
    }

    private ProseReference Entry(Reference reference, int number, int uses) => new(
        number, uses, $"{Sentence(Authors(reference))} {Sentence(reference.Title)}", reference.Journal,
        Place(reference) is { Length: > 0 } place ? place + "." : "", Evidence(reference) + ".", [.. Sources(reference)]);

    private string Short(Reference reference)
    {
        var author = reference.Authors[0] + (reference.Authors.Length > 1 ? " et al" : "");
        var where = string.Join(", ", new[] { reference.Journal, reference.YearApart?.ToString(CultureInfo.InvariantCulture) }.Where(part => part is not null));
        var parts = new[] { Sentence(author), Sentence(reference.Title), where.Length > 0 ? where + "." : "", Evidence(reference) + "." };
        return string.Join(' ', parts.Where(part => part.Length > 0));
    }

    /// <summary>"Randomized trial, 18 people" in the clinic's language.</summary>
    private string Evidence(Reference reference) =>
        words[reference.KindName] + (reference.People is { } people ? ", " + words.Format("{0:N0} people", people) : "");

    // PubMed first: it has the abstract, and is free to read.
    private static (string Href, string Text)? BestSource(Reference reference) => reference switch
    {
        { Pmid: { } pmid } => ($"https://pubmed.ncbi.nlm.nih.gov/{pmid}/", "PubMed"),
        { Doi: { } doi } => ("https://doi.org/" + doi, "doi.org"),
        { Pmcid: { } pmcid } => ($"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/", "PubMed Central"),
        { Url: { } url } => (url.AbsoluteUri, url.Host),
        _ => null,
    };

    private static IEnumerable<(string Href, string Text)> Sources(Reference reference)
    {
        if (reference.Doi is { } doi) yield return ("https://doi.org/" + doi, "doi:" + doi);
        if (reference.Pmid is { } pmid) yield return ($"https://pubmed.ncbi.nlm.nih.gov/{pmid}/", "PubMed");
        if (reference.Pmcid is { } pmcid) yield return ($"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/", "PubMed Central");
        if (reference is { Doi: null, Pmid: null, Url: { } url }) yield return (url.AbsoluteUri, url.Host);
    }

    private static string Authors(Reference reference) =>
        reference.Authors.Length <= 6 ? string.Join(", ", reference.Authors) : string.Join(", ", reference.Authors.Take(3)) + ", et al.";

    // In the style of medical journals: 2006;63(8):856–864.
    private static string Place(Reference reference)
    {
        var place = reference.YearApart?.ToString(CultureInfo.InvariantCulture) ?? "";
        if (reference.Volume is { } volume) place += $";{volume}";
        if (reference.Issue is { } issue) place += $"({issue})";
        if (reference.Pages is { } pages) place += $":{pages.Replace('-', '–')}";
        return place;
    }

    private static string Sentence(string text) => text.EndsWith('.') || text.EndsWith('?') || text.EndsWith('!') ? text : text + ".";
}
