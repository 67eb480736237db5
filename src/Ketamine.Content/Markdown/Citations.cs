using Markdig.Helpers;
using Markdig.Parsers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Ketamine.Content.Markdown;

/// <summary><c>[@key]</c> or <c>[@one; @two]</c>: bibliography entries that support a sentence.</summary>
internal sealed class Citation(ImmutableArray<string> keys) : LeafInline
{
    /// <summary>The keys as written; at least one.</summary>
    public ImmutableArray<string> Keys { get; } = keys;
}

/// <summary>Reads citations. Anything that only looks like one stays text, which <see cref="MarkdownAnalysis"/> reports.</summary>
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

        // Put the mark right after the words it belongs to, regardless of spaces and line breaks in the source.
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
