using System.Collections.Immutable;

namespace Ketamine.Web.Features.Search;

/// <summary>An excerpt around the words searched for, in pieces that are either matches or the text between them. Plain text; the page encodes it.</summary>
public static class Snippet
{
    private const int Before = 7;
    private const int Words = 34;

    /// <summary>
    /// The excerpt of <paramref name="lines"/> that holds most of what was asked, rare words counting more than frequent ones; the first one if there are
    /// several, and the beginning of the first line if there are no matches.
    /// </summary>
    /// <param name="lines">Blocks of text. An excerpt never spans two.</param>
    /// <param name="stemOf">Returns the number of the word's stem, or -1 if the word wasn't searched for.</param>
    /// <param name="worthOf">Returns how much of what was asked an excerpt with these stems holds.</param>
    public static ImmutableArray<SnippetPiece> Of(IEnumerable<string> lines, StemOf stemOf, Func<IReadOnlyCollection<int>, float> worthOf)
    {
        ImmutableArray<SnippetPiece>? best = null;
        var most = 0f;
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
                var worth = worthOf([.. words.Skip(first).Take(Words).Where(word => word.Stem >= 0).Select(word => word.Stem)]);
                if (worth <= most) continue;
                (most, best) = (worth, Cut(line, words, first));
            }
        }

        return best ?? [];
    }

    private static ImmutableArray<SnippetPiece> Cut(string line, List<(int Start, int End, int Stem)> words, int first)
    {
        if (words.Count == 0) return [];
        // Near the end of the line, start earlier to keep the excerpt's length.
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

/// <param name="Found">Whether it matches a word searched for.</param>
public readonly record struct SnippetPiece(string Text, bool Found);
