using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Ketamine.Content.Markdown;

/// <summary>A picture alone in its paragraph. Its inlines are the caption, or null if there is none.</summary>
internal sealed class Figure(LinkInline picture) : LeafBlock(null)
{
    public LinkInline Picture { get; } = picture;

    /// <summary>Counts the figures with a caption from 1; 0 for the others.</summary>
    public int Number { get; set; }

    public string Alt { get; } = MarkdownParser.Plain(picture.FirstChild is null ? null : Text(picture));

    /// <summary>The paragraph as a figure; null if it contains anything besides one picture.</summary>
    public static Figure? From(ParagraphBlock paragraph, MarkdownPipeline pipeline)
    {
        if (paragraph.Inline is not { } inline || inline.FirstChild is not LinkInline { IsImage: true } picture || picture != inline.LastChild) return null;
        var figure = new Figure(picture) { Line = paragraph.Line, Column = paragraph.Column, Span = paragraph.Span };
        picture.Remove();
        if (string.IsNullOrWhiteSpace(picture.Title)) return figure;
        // A caption is parsed as Markdown, so it can have emphasis, a link, or a citation.
        var caption = Markdig.Markdown.Parse(picture.Title, pipeline);
        if (caption is [ParagraphBlock { Inline: { } words }])
        {
            ((ParagraphBlock)caption[0]).Inline = null;
            foreach (var child in words.Descendants()) child.Line = picture.Line;
            figure.Inline = words;
        }
        else
        {
            figure.Inline = new ContainerInline().AppendChild(new LiteralInline(picture.Title) { Line = picture.Line });
        }

        return figure;
    }

    /// <summary>A picture's alternative text, which Markdown stores as the inlines of a link.</summary>
    public static ContainerInline Text(LinkInline picture)
    {
        var text = new ContainerInline();
        foreach (var child in picture.ToList())
        {
            child.Remove();
            text.AppendChild(child);
        }

        return text;
    }
}
