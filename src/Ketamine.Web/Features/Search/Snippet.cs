namespace Ketamine.Web.Features.Search;

/// <summary>An excerpt around the words searched for, in pieces that are either matches or the text between them. Plain text; the page encodes it.</summary>
public static class Snippet
{
    private const int Before = 7;
    private const int Words = 34;
    private const float MuchMore = 1.2f;

    /// <summary>
    /// The excerpt of <paramref name="lines"/> that holds most of what was asked, rare words counting more than frequent ones; the first one if there are
    /// several, and the beginning of the first line if there are no matches. Two shorter excerpts if they hold much more between them than any single one.
    /// </summary>
    /// <param name="lines">Blocks of text. An excerpt never spans two.</param>
    /// <param name="stemOf">Returns the number of the word's stem, or -1 if the word wasn't searched for.</param>
    /// <param name="worthOf">Returns how much of what was asked these stems hold.</param>
    public static ImmutableArray<SnippetPiece> Of(IEnumerable<string> lines, StemOf stemOf, Func<IReadOnlyCollection<int>, float> worthOf)
    {
        var blocks = lines.Where(line => line.Length > 0).Select(line => Block.Of(line, stemOf)).ToList();
        if (blocks.Count == 0) return [];
        if (Best(Windows(blocks, Words), [], worthOf) is not { } whole) return Cut(blocks[0], 0, Words);
        // No two excerpts hold more than the whole text does.
        var enough = MuchMore * worthOf(whole.Stems);
        HashSet<int> all = [.. blocks.SelectMany(block => block.Found, (block, found) => block.Words[found].Stem)];
        var halves = worthOf(all) < enough ? [] : Windows(blocks, Words / 2);
        if (Best(halves, [], worthOf) is not { } one || Best(halves, one.Stems, worthOf) is not { } two
            || worthOf(one.Stems.Union(two.Stems).ToHashSet()) < enough) return Cut(blocks[whole.Block], whole.First, Words);
        var (above, below) = (one.Block, one.First).CompareTo((two.Block, two.First)) < 0 ? (one, two) : (two, one);
        var (start, end) = (Cut(blocks[above.Block], above.First, Words / 2), Cut(blocks[below.Block], below.First, Words / 2));
        if (start[^1].Text == End) start = start.RemoveAt(start.Length - 1);
        if (end[0].Text == Beginning) end = end.RemoveAt(0);
        return [.. start, new SnippetPiece(" … ", false), .. end];
    }

    private const string Beginning = "… ";
    private const string End = " …";

    /// <summary>The first window that holds most of what was asked beyond <paramref name="have"/>; null if none holds any of it.</summary>
    private static Window? Best(List<Window> windows, HashSet<int> have, Func<IReadOnlyCollection<int>, float> worthOf)
    {
        Window? best = null;
        var most = have.Count == 0 ? 0 : worthOf(have);
        foreach (var window in windows)
        {
            var worth = worthOf(have.Count == 0 ? window.Stems : have.Union(window.Stems).ToHashSet());
            if (worth > most) (most, best) = (worth, window);
        }

        return best;
    }

    /// <summary>A window around each word that was searched for; of those that hold the same words, only the first.</summary>
    private static List<Window> Windows(List<Block> blocks, int size)
    {
        var windows = new List<Window>();
        var held = new HashSet<HashSet<int>>(HashSet<int>.CreateSetComparer());
        for (var number = 0; number < blocks.Count; number++)
        {
            var (words, found) = (blocks[number].Words, blocks[number].Found);
            // The first match within the window; it only ever moves on.
            var from = 0;
            foreach (var index in found)
            {
                var first = Math.Max(0, index - Before);
                while (found[from] < first) from++;
                var stems = new HashSet<int>();
                for (var i = from; i < found.Count && found[i] < first + size; i++) stems.Add(words[found[i]].Stem);
                if (held.Add(stems)) windows.Add(new Window(number, first, stems));
            }
        }

        return windows;
    }

    private static ImmutableArray<SnippetPiece> Cut(Block block, int first, int size)
    {
        var (line, words, _) = block;
        if (words.Count == 0) return [];
        // Near the end of the line, start earlier to keep the excerpt's length.
        first = Math.Max(0, Math.Min(first, words.Count - size));
        var last = Math.Min(words.Count, first + size);
        var pieces = ImmutableArray.CreateBuilder<SnippetPiece>();
        var at = first == 0 ? 0 : words[first].Start;
        if (first > 0) pieces.Add(new SnippetPiece(Beginning, false));
        for (var i = first; i < last; i++)
        {
            if (words[i].Stem < 0) continue;
            if (words[i].Start > at) pieces.Add(new SnippetPiece(line[at..words[i].Start], false));
            pieces.Add(new SnippetPiece(line[words[i].Start..words[i].End], true));
            at = words[i].End;
        }

        var end = last == words.Count ? line.Length : words[last - 1].End;
        if (end > at) pieces.Add(new SnippetPiece(line[at..end], false));
        if (last < words.Count) pieces.Add(new SnippetPiece(End, false));
        return pieces.DrainToImmutable();
    }

    /// <param name="First">The index of its first word.</param>
    /// <param name="Stems">The stems searched for in it.</param>
    private sealed record Window(int Block, int First, HashSet<int> Stems);

    /// <param name="Found">The indexes of the words searched for, in order.</param>
    private sealed record Block(string Line, List<(int Start, int End, int Stem)> Words, List<int> Found)
    {
        public static Block Of(string line, StemOf stemOf)
        {
            var (words, found) = (new List<(int Start, int End, int Stem)>(line.Length / 5), new List<int>());
            var reader = new WordReader(line);
            while (reader.Read())
            {
                var stem = stemOf(reader.Word);
                if (stem >= 0) found.Add(words.Count);
                words.Add((reader.Start, reader.End, stem));
            }

            return new Block(line, words, found);
        }
    }
}

public delegate int StemOf(ReadOnlySpan<char> word);

/// <param name="Found">Whether it matches a word searched for.</param>
public readonly record struct SnippetPiece(string Text, bool Found);
