using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;

namespace Ketamine.Content.Publishing;

/// <summary>How a page changes for readers.</summary>
public enum PageChangeKind
{
    Added,
    Removed,
    Changed,
}

/// <summary>A page before and after a publication.</summary>
/// <param name="Path">The page's address.</param>
/// <param name="File">The file with its text.</param>
/// <param name="Pieces">The changed pieces, with one neighbor on each side; all pieces of an added or removed page.</param>
public sealed record PageChange(PageChangeKind Kind, string Path, string Title, string File, ImmutableArray<PieceChange> Pieces);

/// <param name="Html">The piece's HTML, as in a feed; empty for <see cref="PieceChangeKind.Reworded"/> and
/// <see cref="PieceChangeKind.Skipped"/>.</param>
/// <param name="Words">Its words, including added and removed ones.</param>
public sealed record PieceChange(PieceChangeKind Kind, string Html, ImmutableArray<WordChange> Words);

public enum PieceChangeKind
{
    Same,
    Added,
    Removed,

    /// <summary>Some of its words have changed.</summary>
    Reworded,

    /// <summary>Unchanged pieces that were left out.</summary>
    Skipped,
}

/// <param name="Kind">Same, Added, or Removed.</param>
public readonly record struct WordChange(PieceChangeKind Kind, string Text);

/// <summary>The changed lines of a list, whose contents may be on several pages.</summary>
/// <param name="Lines">The changed lines, with one neighbor on each side, and <see cref="PieceChangeKind.Skipped"/> in between.</param>
public sealed record ListChange(string File, ImmutableArray<WordChange> Lines);

/// <summary>Compares two versions of the content: rendered pages piece by piece, and lists line by line.</summary>
public static class PageDifferences
{
    // With a smaller share of common words, a piece counts as replaced, not reworded.
    private const double Alike = 0.35;

    /// <param name="before">Null if there was nothing before.</param>
    public static ImmutableArray<PageChange> Between(SiteContent? before, SiteContent after)
    {
        var (old, now) = (before is null ? [] : ShownPage.Of(before), ShownPage.Of(after));
        var changes = ImmutableArray.CreateBuilder<PageChange>();
        foreach (var page in now)
        {
            if (old.Find(other => other.File == page.File && (page.Shared is null || other.Path == page.Path)) is not { } was)
                changes.Add(new PageChange(PageChangeKind.Added, page.Path, page.Title, page.File,
                    [.. page.Pieces.Select(piece => Whole(PieceChangeKind.Added, piece))]));
            else if (Pieces(was.Pieces, page.Pieces) is { Length: > 0 } pieces)
                changes.Add(new PageChange(PageChangeKind.Changed, page.Path, page.Title, page.File, pieces));
        }

        foreach (var gone in old.Where(page => !now.Exists(other => other.File == page.File && (page.Shared is null || other.Path == page.Path))))
            changes.Add(new PageChange(PageChangeKind.Removed, gone.Path, gone.Title, gone.File,
                [.. gone.Pieces.Select(piece => Whole(PieceChangeKind.Removed, piece))]));
        return changes.ToImmutable();
    }

    /// <summary>The changed lines of a list. A missing file counts as empty text.</summary>
    public static ListChange Lines(string file, string before, string after)
    {
        var lines = InlineDiffBuilder.Diff(before, after).Lines.Select(line => new WordChange(KindOf(line.Type), line.Text));
        return new ListChange(file, Shortened([.. lines], line => line.Kind == PieceChangeKind.Same, new WordChange(PieceChangeKind.Skipped, "…")));
    }

    private static PieceChangeKind KindOf(ChangeType type) => type switch
    {
        ChangeType.Inserted => PieceChangeKind.Added,
        ChangeType.Deleted => PieceChangeKind.Removed,
        _ => PieceChangeKind.Same,
    };

    private static ImmutableArray<PieceChange> Pieces(ImmutableArray<ShownPiece> old, ImmutableArray<ShownPiece> now)
    {
        const char between = '\u001e';
        var difference = Differ.Instance.CreateDiffs(
            string.Join(between, old.Select(piece => piece.Html)),
            string.Join(between, now.Select(piece => piece.Html)),
            ignoreWhiteSpace: false,
            ignoreCase: false,
            new Chunks(text => text.Split(between)));
        if (difference.DiffBlocks.Count == 0) return [];
        var changes = new List<PieceChange>();
        var at = 0;
        foreach (var block in difference.DiffBlocks)
        {
            for (; at < block.InsertStartB; at++) changes.Add(Whole(PieceChangeKind.Same, now[at]));
            for (var index = 0; index < Math.Max(block.DeleteCountA, block.InsertCountB); index++)
            {
                var was = index < block.DeleteCountA ? old[block.DeleteStartA + index] : null;
                var becomes = index < block.InsertCountB ? now[block.InsertStartB + index] : null;
                if (was is not null && becomes is not null && Reworded(was.Words, becomes.Words) is { } words)
                    changes.Add(new PieceChange(PieceChangeKind.Reworded, "", words));
                else
                {
                    if (was is not null) changes.Add(Whole(PieceChangeKind.Removed, was));
                    if (becomes is not null) changes.Add(Whole(PieceChangeKind.Added, becomes));
                }
            }

            at = block.InsertStartB + block.InsertCountB;
        }

        for (; at < now.Length; at++) changes.Add(Whole(PieceChangeKind.Same, now[at]));
        return Shortened([.. changes], change => change.Kind == PieceChangeKind.Same, new PieceChange(PieceChangeKind.Skipped, "", []));
    }

    private static PieceChange Whole(PieceChangeKind kind, ShownPiece piece) => new(kind, piece.Html, [new WordChange(kind, piece.Words)]);

    // Null if the words are the same (and only the formatting differs), or if they are entirely different.
    private static ImmutableArray<WordChange>? Reworded(string old, string now)
    {
        if (old == now) return null;
        var difference = Differ.Instance.CreateDiffs(old, now, ignoreWhiteSpace: false, ignoreCase: false, new Chunks(Words));
        var kept = difference.PiecesOld.Count - difference.DiffBlocks.Sum(block => block.DeleteCountA);
        if (kept < Alike * Math.Max(difference.PiecesOld.Count, difference.PiecesNew.Count)) return null;
        var words = ImmutableArray.CreateBuilder<WordChange>();
        var at = 0;
        foreach (var block in difference.DiffBlocks)
        {
            Add(PieceChangeKind.Same, difference.PiecesNew, at, block.InsertStartB);
            Add(PieceChangeKind.Removed, difference.PiecesOld, block.DeleteStartA, block.DeleteStartA + block.DeleteCountA);
            Add(PieceChangeKind.Added, difference.PiecesNew, block.InsertStartB, block.InsertStartB + block.InsertCountB);
            at = block.InsertStartB + block.InsertCountB;
        }

        Add(PieceChangeKind.Same, difference.PiecesNew, at, difference.PiecesNew.Count);
        return words.ToImmutable();

        void Add(PieceChangeKind kind, IReadOnlyList<string> pieces, int from, int to)
        {
            if (from < to) words.Add(new WordChange(kind, string.Concat(pieces.Skip(from).Take(to - from))));
        }
    }

    private static string[] Words(string text)
    {
        var words = new List<string>();
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = start + 1;
            if (char.IsLetterOrDigit(text[start])) while (end < text.Length && char.IsLetterOrDigit(text[end])) end++;
            words.Add(text[start..end]);
        }

        return [.. words];
    }

    /// <summary>Leaves out what is unchanged, except for one neighbor on each side of a change.</summary>
    private static ImmutableArray<T> Shortened<T>(ImmutableArray<T> all, Func<T, bool> same, T gap)
    {
        var result = ImmutableArray.CreateBuilder<T>();
        var skipped = false;
        for (var index = 0; index < all.Length; index++)
        {
            var near = !same(all[index]) || (index > 0 && !same(all[index - 1])) || (index + 1 < all.Length && !same(all[index + 1]));
            if (near) result.Add(all[index]);
            else if (!skipped) result.Add(gap);
            skipped = !near;
        }

        return result.ToImmutable();
    }

    private sealed class Chunks(Func<string, string[]> split) : IChunker
    {
        public IReadOnlyList<string> Chunk(string text) => split(text);
    }
}
