namespace Ketamine.Content.Model;

/// <summary>A piece of Markdown, parsed and checked on load.</summary>
public sealed class Prose
{
    private readonly Func<ProseDocument> _read;
    private readonly Lazy<string> _html;

    /// <param name="read">Parses the piece. Runs for each writer, because keeping the trees of ten thousand articles would fill the memory.</param>
    /// <param name="write">Writes the page's HTML. Runs at most once, on first use.</param>
    public Prose(Func<ProseDocument> read, Func<ProseDocument, string> write)
    {
        _read = read;
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

    /// <summary>Headings of level 2 and 3 in order, for a table of contents.</summary>
    public ImmutableArray<ProseHeading> Headings { get; init; } = [];

    /// <summary>Keys of the bibliography in order of first use.</summary>
    public ImmutableArray<string> Citations { get; init; } = [];

    /// <summary>The paths on this site that the piece links to, in order.</summary>
    public ImmutableArray<string> Links { get; init; } = [];

    /// <summary>The paths of its pictures.</summary>
    public ImmutableArray<string> Pictures { get; init; } = [];
}

/// <param name="Level">2 or 3.</param>
/// <param name="Id">The fragment.</param>
/// <param name="Part">One of <see cref="Parts"/>; null for a section of plain text.</param>
public sealed record ProseHeading(int Level, string Id, string Title, string? Part = null)
{
    /// <summary>The role that a heading can give its section in braces, as in <c>## How it goes {steps}</c>; it sets the home page layout.</summary>
    public static readonly FrozenSet<string> Parts =
        FrozenSet.Create(StringComparer.Ordinal, "people", "steps", "prices", "conditions", "exclusions", "limits", "cards", "visit");
}
