namespace Ketamine.Content.Model;

/// <summary>
/// A parsed piece of Markdown in the site's terms, the source of page, feed, and email: links, pictures, and sources are resolved,
/// and figures, tables, notes, and references are numbered, so every writer shows the same numbers.
/// </summary>
/// <param name="IdPrefix">Before every id, where several pieces share a page; empty for the body of a page.</param>
/// <param name="Words">The site's strings in the clinic's language.</param>
/// <param name="References">What is cited, in order of first use.</param>
public sealed record ProseDocument(string IdPrefix, MarkdownStrings Words, ImmutableArray<ProseBlock> Blocks, ImmutableArray<ProseReference> References);

/// <summary>A block of a <see cref="ProseDocument"/>.</summary>
public abstract record ProseBlock;

/// <param name="Tight">Written without surrounding space: in a tight list, or alone in a cell.</param>
public sealed record ProseParagraph(ImmutableArray<ProseInline> Content, bool Tight) : ProseBlock;

/// <param name="Level">2 to 6: the page's title is its only heading of level 1.</param>
/// <param name="Title">The plain text.</param>
/// <param name="Part">One of <see cref="ProseHeading.Parts"/>; null for a section of plain text.</param>
public sealed record ProseHeadingBlock(int Level, string Id, string Title, string? Part, ImmutableArray<ProseInline> Content) : ProseBlock;

/// <param name="Start">The first item's number; null for a list of bullets.</param>
public sealed record ProseList(int? Start, ImmutableArray<ImmutableArray<ProseBlock>> Items) : ProseBlock;

public sealed record ProseDefinitions(ImmutableArray<ProseDefinition> Items) : ProseBlock;

public sealed record ProseDefinition(ImmutableArray<ImmutableArray<ProseInline>> Terms, ImmutableArray<ProseBlock> Meaning);

public sealed record ProseQuote(ImmutableArray<ProseBlock> Blocks) : ProseBlock;

/// <param name="Code">Its lines, including a line break after the last.</param>
public sealed record ProseCodeBlock(string Code, string? Language) : ProseBlock;

public sealed record ProseRule : ProseBlock;

/// <param name="Label">What a screen reader calls the table: "Table 1: Day, Opens".</param>
public sealed record ProseTable(string Label, ImmutableArray<ImmutableArray<ProseCell>> Head, ImmutableArray<ImmutableArray<ProseCell>> Rows) : ProseBlock;

/// <param name="Heads">A column's name.</param>
public sealed record ProseCell(bool Heads, ProseAlignment Alignment, ImmutableArray<ProseBlock> Blocks);

/// <summary>How the Markdown aligns a column.</summary>
public enum ProseAlignment
{
    Left,
    Center,
    Right,
}

/// <param name="Kind">"note", "warning", "crisis", "key-points", or "risks".</param>
/// <param name="IsSection">Whether it is a section with a heading, rather than a note beside the text.</param>
public sealed record ProseCallout(string Kind, bool IsSection, string Id, string Title, ImmutableArray<ProseBlock> Blocks) : ProseBlock;

/// <summary>A picture that has a paragraph to itself.</summary>
/// <param name="Id">Null without a caption.</param>
/// <param name="Tall">A version of the picture for phones, if the folder has one.</param>
/// <param name="Label">"Fig. 1."; null without a caption.</param>
public sealed record ProseFigure(string? Id, ProseImage Picture, ContentFile? Tall, string? Label, ImmutableArray<ProseInline> Caption) : ProseBlock;

/// <summary>The footnotes.</summary>
public sealed record ProseNotes(ImmutableArray<ProseNote> Notes) : ProseBlock;

/// <param name="Order">From 1.</param>
public sealed record ProseNote(int Order, ImmutableArray<ProseBlock> Blocks);

/// <summary>Part of a line in a <see cref="ProseDocument"/>.</summary>
public abstract record ProseInline;

/// <param name="Text">Unescaped; a line break of the source is <c>\n</c>.</param>
public sealed record ProseText(string Text) : ProseInline;

public sealed record ProseEmphasis(bool Strong, ImmutableArray<ProseInline> Content) : ProseInline;

public sealed record ProseCode(string Code) : ProseInline;

public sealed record ProseBreak : ProseInline;

/// <param name="Href">A path on this site, a fragment of this text, or an address of a scheme that is allowed.</param>
public sealed record ProseLink(string Href, bool External, ImmutableArray<ProseInline> Content) : ProseInline;

/// <param name="File">Null if the folder has no such picture: its alternative text replaces it.</param>
public sealed record ProseImage(ContentFile? File, string Alt) : ProseInline;

public sealed record ProseCitation(ImmutableArray<ProseCitationMark> Marks) : ProseInline;

/// <param name="Number">The reference's number.</param>
/// <param name="Use">Which of its uses this is, from 1.</param>
/// <param name="Note">The short form of the reference.</param>
/// <param name="Source">Where to read about the work; null if no address is known.</param>
public sealed record ProseCitationMark(int Number, int Use, string Note, (string Href, string Text)? Source);

/// <param name="Letter">Notes use letters, because references use numbers.</param>
/// <param name="Index">Distinguishes the marks within a piece.</param>
/// <param name="Order">The note's.</param>
/// <param name="IsReturn">Whether it is at the end of the note and leads back to the mark in the text.</param>
public sealed record ProseNoteMark(string Letter, int Index, int Order, bool IsReturn) : ProseInline;

/// <summary>An entry of the list of references.</summary>
/// <param name="Uses">How often the text cites it.</param>
/// <param name="Lead">Authors and title, each a sentence.</param>
/// <param name="Place">Year, volume, issue, and pages in the style of medical journals; empty if unknown.</param>
/// <param name="Evidence">"Randomized trial, 18 people."</param>
/// <param name="Sources">Addresses of the work, the best first, each with its link text.</param>
public sealed record ProseReference(
    int Number, int Uses, string Lead, string? Journal, string Place, string Evidence, ImmutableArray<(string Href, string Text)> Sources);
