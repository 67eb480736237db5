namespace Ketamine.Content.Model;

/// <summary>A piece of Markdown, parsed and checked on load.</summary>
public sealed class Prose
{
    private readonly Func<ProseDocument> _read;
    private readonly Lazy<string> _html;
    private readonly Lazy<ProseContents> _contents;

    /// <param name="read">Parses the piece. Runs for each writer, because keeping the trees of ten thousand articles would fill the memory.</param>
    /// <param name="write">Writes the page's HTML. Runs at most once, on first use.</param>
    /// <param name="contents">Runs at most once, on first use: few of ten thousand articles are asked after a change. Nothing if null.</param>
    public Prose(Func<ProseDocument> read, Func<ProseDocument, string> write, Func<ProseContents>? contents = null)
    {
        _read = read;
        _contents = new Lazy<ProseContents>(contents ?? (() => new ProseContents([], [], [], [])));
        _html = new Lazy<string>(() => write(read()));
    }

    /// <summary>Safe to write into a page: raw HTML was off, and every link and picture was checked.</summary>
    public string Html => _html.Value;

    /// <summary>The parsed piece, for writers of anything other than a whole page.</summary>
    public ProseDocument Read() => _read();

    /// <summary>The plain text, one line per block, without citations and markup; for search, feeds, and statistics.</summary>
    public required string PlainText { get; init; }

    /// <summary>The number of words in the plain text.</summary>
    public required int Words { get; init; }

    /// <inheritdoc cref="ProseContents"/>
    public ImmutableArray<ProseHeading> Headings => _contents.Value.Headings;

    /// <inheritdoc cref="ProseContents"/>
    public ImmutableArray<string> Citations => _contents.Value.Citations;

    /// <inheritdoc cref="ProseContents"/>
    public ImmutableArray<string> Links => _contents.Value.Links;

    /// <inheritdoc cref="ProseContents"/>
    public ImmutableArray<string> Pictures => _contents.Value.Pictures;
}

/// <summary>What a piece of Markdown has.</summary>
/// <param name="Headings">Headings of level 2 and 3 in order, for a table of contents.</param>
/// <param name="Citations">Keys of the bibliography in order of first use.</param>
/// <param name="Links">The paths on this site that the piece links to, in order.</param>
/// <param name="Pictures">The paths of its pictures.</param>
public sealed record ProseContents(
    ImmutableArray<ProseHeading> Headings, ImmutableArray<string> Citations, ImmutableArray<string> Links, ImmutableArray<string> Pictures);

/// <param name="Level">2 or 3.</param>
/// <param name="Id">The fragment.</param>
/// <param name="Part">One of <see cref="Parts"/>; null for a section of plain text.</param>
public sealed record ProseHeading(int Level, string Id, string Title, string? Part = null)
{
    /// <summary>The role that a heading can give its section in braces, as in <c>## How it goes {steps}</c>; it sets the home page layout.</summary>
    public static readonly FrozenSet<string> Parts =
        FrozenSet.Create(StringComparer.Ordinal, "people", "steps", "prices", "conditions", "exclusions", "limits", "cards", "visit");
}
