using System.Collections.Immutable;

namespace Ketamine.Web.Features.Search;

/// <summary>A stretch of text around what was searched for, in pieces that alternate between found and not; plain text, encoded where it is shown.</summary>
public static class Snippet
{
    private const int Before = 7;
    private const int Words = 34;

    /// <summary>
    /// The stretch of <paramref name="lines"/> that has most of the different words, the first such; the first line's beginning where none has any.
    /// </summary>
    /// <param name="lines">Blocks of text; a stretch never spans two.</param>
    /// <param name="stemOf">The stem's number, or -1 for a word that was not searched for.</param>
    public static ImmutableArray<SnippetPiece> Of(IEnumerable<string> lines, StemOf stemOf)
    {
        ImmutableArray<SnippetPiece>? best = null;
        var most = 0;
        foreach (var line in lines)
        {
            if (line.Length == 0) continue;
            var words = new List<(int Start, int End, int Stem)>();
            var reader = new WordReader(line);
            while (reader.Read()) words.Add((reader.Start, reader.End, stemOf(reader.Word)));
            if (best is null) best = Cut(line, words, 0);
            for (var i = 0; i < words.Count; i++)
            {
                if (words[i].Stem < 0) continue;
                var first = Math.Max(0, i - Before);
                var different = words.Skip(first).Take(Words).Where(word => word.Stem >= 0).Select(word => word.Stem).Distinct().Count();
                if (different <= most) continue;
                (most, best) = (different, Cut(line, words, first));
            }
        }

        return best ?? [];
    }

    private static ImmutableArray<SnippetPiece> Cut(string line, List<(int Start, int End, int Stem)> words, int first)
    {
        if (words.Count == 0) return [];
        // Near the end of the line, more of what stands before.
        first = Math.Max(0, Math.Min(first, words.Count - Words));
        var last = Math.Min(words.Count, first + Words);
        var pieces = ImmutableArray.CreateBuilder<SnippetPiece>();
        var at = first == 0 ? 0 : words[first].Start;
        if (first > 0) pieces.Add(new SnippetPiece("… ", false));
        for (var i = first; i < last; i++)
        {
            if (words[i].Stem < 0) continue;
            if (words[i].Start > at) pieces.Add(new SnippetPiece(line[at..words[i].Start], false));
            pieces.Add(new SnippetPiece(line[words[i].Start..words[i].End], true));
            at = words[i].End;
        }

        var end = last == words.Count ? line.Length : words[last - 1].End;
        if (end > at) pieces.Add(new SnippetPiece(line[at..end], false));
        if (last < words.Count) pieces.Add(new SnippetPiece(" …", false));
        return pieces.DrainToImmutable();
    }
}

public delegate int StemOf(ReadOnlySpan<char> word);

/// <param name="Found">Part of what was searched for.</param>
public readonly record struct SnippetPiece(string Text, bool Found);
