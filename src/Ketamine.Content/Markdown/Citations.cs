using System.Collections.Frozen;
using System.Collections.Immutable;
using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Renderers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Ketamine.Content.Markdown;

/// <summary><c>[@key]</c> or <c>[@one; @two]</c>: entries of the bibliography that a sentence rests on.</summary>
internal sealed class Citation(ImmutableArray<string> keys) : LeafInline
{
    /// <summary>At least one, as written.</summary>
    public ImmutableArray<string> Keys { get; } = keys;
}

/// <summary>Reads citations. What begins like one and isn't stays text, which <see cref="MarkdownAnalysis"/> reports.</summary>
internal sealed class CitationParser : InlineParser
{
    public const string Opening = "[@";
    private const int Longest = 500;

    public CitationParser() => OpeningCharacters = ['['];

    public override bool Match(InlineProcessor processor, ref StringSlice slice)
    {
        if (slice.PeekChar() != '@') return false;
        var text = slice.AsSpan();
        var end = text[..Math.Min(text.Length, Longest)].IndexOfAny(']', '\n');
        if (end < 0 || text[end] != ']') return false;
        var keys = ImmutableArray.CreateBuilder<string>();
        foreach (var part in text[1..end].Split(';'))
        {
            var key = text[1..end][part].Trim();
            if (key.Length < 2 || key[0] != '@' || key[1..].ContainsAnyExcept(KeyCharacters)) return false;
            if (!keys.Contains(key[1..].ToString())) keys.Add(key[1..].ToString());
        }

        // The mark stands close to the words that it belongs to, however the editor spaced it or broke the line.
        if (processor.Inline is LineBreakInline { IsHard: false, NextSibling: null } wrapped)
        {
            processor.Inline = wrapped.PreviousSibling;
            wrapped.Remove();
        }

        if (processor.Inline is LiteralInline before && before.NextSibling is null) before.Content.TrimEnd();
        processor.Inline = new Citation(keys.ToImmutable())
        {
            Span = new SourceSpan(processor.GetSourcePosition(slice.Start, out var line, out var column), processor.GetSourcePosition(slice.Start + end)),
            Line = line,
            Column = column,
        };
        slice.Start += end + 1;
        return true;
    }

    private static readonly System.Buffers.SearchValues<char> KeyCharacters =
        System.Buffers.SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:");
}

/// <summary>Numbers the citations of one text in order of first use, and writes the marks and the list that they lead to.</summary>
internal sealed class CitationWriter(string prefix, FrozenDictionary<string, Reference> bibliography, MarkdownStrings words)
{
    private readonly List<(Reference Reference, int Uses)> _cited = [];

    /// <summary>
    /// Writes <c>[1, 2]</c>, each number a link to its reference. Beside each stands the reference in short, which the stylesheet shows on hover
    /// and focus. It is <c>hidden</c> and <c>aria-hidden</c> and the link's description: a screen reader speaks it once, with the link, and a
    /// feed reader without the stylesheet doesn't show it.
    /// </summary>
    public void Mark(HtmlRenderer html, Citation citation)
    {
        html.Write("<span class=\"citation\">[");
        var first = true;
        foreach (var key in citation.Keys)
        {
            if (!bibliography.TryGetValue(key, out var reference)) continue;
            if (!first) html.Write(", ");
            first = false;
            var number = 1 + _cited.FindIndex(cited => cited.Reference.Key == key);
            if (number == 0)
            {
                _cited.Add((reference, 0));
                number = _cited.Count;
            }

            var use = _cited[number - 1].Uses + 1;
            _cited[number - 1] = (reference, use);
            var id = Id(number, use);
            html.Write($"<span class=\"citation__item\"><a class=\"citation__link\" id=\"{id}\" href=\"#{prefix}ref-{number}\" role=\"doc-noteref\" aria-label=\"")
                .WriteEscape(words.Format("Reference {0}", number)).Write($"\" aria-describedby=\"{id}-note\">{number}</a><span class=\"citation__note\" id=\"{id}-note\" aria-hidden=\"true\" hidden>")
                .WriteEscape(Short(reference));
            // For the pointer alone: keyboards and screen readers have the same link in the list.
            if (Address(reference) is var (href, name))
                html.Write(" <a class=\"external\" tabindex=\"-1\" rel=\"noopener noreferrer\" href=\"").WriteEscapeUrl(href).Write("\">").WriteEscape(name).Write("</a>");
            html.Write("</span></span>");
        }

        html.Write("]</span>");
    }

    /// <summary>The References section; nothing where nothing was cited.</summary>
    public void List(HtmlRenderer html)
    {
        if (_cited.Count == 0) return;
        // Where several texts share a page, each with its references, their titles would crowd the page's outline.
        var (open, close, title) = prefix.Length == 0 ? ("section", "section", "h2") : ("div role=\"group\"", "div", "p");
        html.EnsureLine();
        html.Write($"<{open} class=\"references\" aria-labelledby=\"{prefix}references\"><{title} class=\"references__title\" id=\"{prefix}references\">").WriteEscape(words["References"]).WriteLine($"</{title}><ol class=\"references__list\">");
        for (var number = 1; number <= _cited.Count; number++)
        {
            var (reference, uses) = _cited[number - 1];
            html.Write($"<li class=\"references__entry\" id=\"{prefix}ref-{number}\">");
            html.WriteEscape(Sentence(Authors(reference))).Write(' ').WriteEscape(Sentence(reference.Title));
            if (reference.Journal is { } journal) html.Write(" <cite>").WriteEscape(journal).Write("</cite>");
            if (Place(reference) is { Length: > 0 } place) html.Write(' ').WriteEscape(place + ".");
            html.Write(" <span class=\"references__kind\">").WriteEscape(Evidence(reference) + ".").Write("</span>");
            if (reference.Doi is { } doi) Link(html, "https://doi.org/" + doi, "doi:" + doi);
            if (reference.Pmid is { } pmid) Link(html, $"https://pubmed.ncbi.nlm.nih.gov/{pmid}/", "PubMed");
            if (reference.Pmcid is { } pmcid) Link(html, $"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/", "PubMed Central");
            if (reference is { Doi: null, Pmid: null, Url: { } url }) Link(html, url.AbsoluteUri, url.Host);
            for (var use = 1; use <= uses; use++)
            {
                html.Write($" <a class=\"references__back\" href=\"#{Id(number, use)}\" role=\"doc-backlink\" aria-label=\"")
                    .WriteEscape(string.Format(System.Globalization.CultureInfo.InvariantCulture, words[uses == 1 ? "Back to reference {0} in the text" : "Back to reference {0} in the text, place {1}"], number, use))
                    .Write(uses == 1 ? "\">↩\uFE0E</a>" : $"\">↩\uFE0E<sup>{use}</sup></a>");
            }

            html.WriteLine("</li>");
        }

        html.WriteLine($"</ol></{close}>");
    }

    private static (string Href, string Name)? Address(Reference reference) => reference switch
    {
        { Pmid: { } pmid } => ($"https://pubmed.ncbi.nlm.nih.gov/{pmid}/", "PubMed"),
        { Doi: { } doi } => ("https://doi.org/" + doi, "doi.org"),
        { Pmcid: { } pmcid } => ($"https://pmc.ncbi.nlm.nih.gov/articles/{pmcid}/", "PubMed Central"),
        { Url: { } url } => (url.AbsoluteUri, url.Host),
        _ => null,
    };

    private string Id(int number, int use) => $"{prefix}cite-{number}-{use}";

    private void Link(HtmlRenderer html, string url, string text)
    {
        html.Write(" <a class=\"external\" rel=\"noopener noreferrer\" href=\"").WriteEscapeUrl(url).Write("\">").WriteEscape(text)
            .Write("<span class=\"visually-hidden\"> (").WriteEscape(words["opens another site"]).Write(")</span></a>");
    }

    private string Short(Reference reference)
    {
        var author = reference.Authors[0] + (reference.Authors.Length > 1 ? " et al" : "");
        var where = string.Join(", ", new[] { reference.Journal, reference.YearApart?.ToString(System.Globalization.CultureInfo.InvariantCulture) }.Where(part => part is not null));
        return string.Join(' ', new[] { Sentence(author), Sentence(reference.Title), where.Length > 0 ? where + "." : "", Evidence(reference) + "." }.Where(part => part.Length > 0));
    }

    /// <summary>"Randomized trial, 18 people" in the clinic's language.</summary>
    private string Evidence(Reference reference) =>
        words[reference.KindName] + (reference.People is { } people ? ", " + string.Format(System.Globalization.CultureInfo.InvariantCulture, words["{0:N0} people"], people) : "");

    private static string Authors(Reference reference) =>
        reference.Authors.Length <= 6 ? string.Join(", ", reference.Authors) : string.Join(", ", reference.Authors.Take(3)) + ", et al.";

    // As medical journals write it: 2006;63(8):856–864.
    private static string Place(Reference reference)
    {
        var place = reference.YearApart?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "";
        if (reference.Volume is { } volume) place += $";{volume}";
        if (reference.Issue is { } issue) place += $"({issue})";
        if (reference.Pages is { } pages) place += $":{pages.Replace('-', '–')}";
        return place;
    }

    private static string Sentence(string text) => text.EndsWith('.') || text.EndsWith('?') || text.EndsWith('!') ? text : text + ".";
}
