using Ketamine.Content.Editing;

namespace Ketamine.Content.Publishing;

/// <summary><c>content publish</c> and <c>content history</c>: the terminal interface of <see cref="Publisher"/>.</summary>
/// <param name="shown">The folder's name in messages: empty, or ending with a slash.</param>
public sealed class ContentPublish(Publisher publisher, string shown, TextWriter output, bool color)
{
    private readonly Paint _paint = new(color);

    /// <summary>Shows what would change, and publishes it after confirmation.</summary>
    /// <param name="ask">Asks for a reason after everything has been shown. If it returns null, nothing is published. Not called if the order has a
    /// reason.</param>
    /// <param name="show">Whether to only show the changes.</param>
    /// <returns>0 if the folder is live, otherwise 1.</returns>
    public async Task<int> PublishAsync(PublishOrder order, Func<string?> ask, bool show, CancellationToken cancellation)
    {
        var changes = await publisher.FindChangesAsync(order.Who, cancellation, order.Keep);
        Show(changes);
        if (changes.Obstacle is not null || changes.Errors > 0 || changes.Conflicts.Length > 0) return Say("Nothing was published.", 1);
        if (changes.Files.IsEmpty && changes.Live is not null) return Say("The live site matches the folder. There is nothing to publish.", 0);
        if (show) return 0;
        var why = order.Why.Length > 0 ? order.Why : ask() ?? "";
        if (why.Length == 0) return Say("Nothing was published. Say why, in a few words: --why \"New hours from December\"", 1);
        return Report(await publisher.PublishAsync(order with { Why = why, Token = changes.Token }, cancellation));
    }

    /// <summary>Publishes an earlier version again.</summary>
    /// <param name="version">The beginning of its id; null for the one before the live version.</param>
    public async Task<int> RollBackAsync(PublishOrder order, string? version, CancellationToken cancellation)
    {
        var result = await publisher.RollBackAsync(order, version, cancellation);
        if (result.State != PublishState.Published) Show(result.Changes);
        else Files(result.Changes);
        return Report(result);
    }

    /// <summary>Restores one page from an earlier version.</summary>
    /// <param name="page">Its address, slug, or file.</param>
    /// <param name="version">The beginning of its id; null for the page's second newest version.</param>
    public async Task<int> RestoreAsync(PublishOrder order, string page, string? version, CancellationToken cancellation)
    {
        if (publisher.FileOf(page, cancellation) is not { } file) return NoPage(page);
        var result = await publisher.RestoreAsync(order, file, version, cancellation);
        Show(result.Changes);
        return Report(result);
    }

    /// <summary>Lists the versions of the folder or of a page, newest first.</summary>
    /// <param name="page">An address, slug, or file; null for the whole folder.</param>
    /// <param name="version">The beginning of the id of a version whose changes to show; null for the list.</param>
    public async Task<int> HistoryAsync(string? page, string? version, CancellationToken cancellation)
    {
        string? file = null;
        if (page is not null && (file = publisher.FileOf(page, cancellation)) is null)
            return NoPage(page);
        var versions = await publisher.HistoryAsync(file, cancellation);
        if (version is not null)
        {
            if (versions.Where(entry => entry.Id.StartsWith(version, StringComparison.Ordinal)).ToList() is not [var one])
                return Say($"No single version begins with {Diagnostics.Quote(version)}. content history lists them.", 1);
            Entry(one);
            Show(await publisher.ChangesOfAsync(one.Id, file, cancellation));
            return 0;
        }

        foreach (var entry in versions) Entry(entry);
        return versions.Count == 0 ? Say(file is null ? "Nothing has been published yet." : $"{file} has not been published yet.", 0) : 0;
    }

    private int NoPage(string page) => Say($"There is no page {Diagnostics.Quote(page)}. Write its address or its file, as in /blog/what-to-bring", 1);

    private void Entry(ContentVersion version) =>
        output.WriteLine($"{_paint.Strong(version.ShortId)}  {Time(version.At)}  {version.Who}: {version.Why}");

    // In this computer's zone, which need not be the clinic's or the writer's: "Mon 2026-11-30 09:05 -07:00".
    private static string Time(DateTimeOffset at) => at.ToLocalTime().ToString("ddd yyyy-MM-dd HH:mm zzz", CultureInfo.InvariantCulture);

    private int Report(PublishResult result)
    {
        switch (result.State)
        {
            case PublishState.Published:
                output.WriteLine(_paint.New($"Live: \"{result.Publication!.Why}\", by {result.Publication.Who}."));
                if (result.Note is { } note) output.WriteLine(note);
                foreach (var file in result.Left) output.WriteLine($"{shown}{file} was left as it is, because it has unpublished changes.");
                output.WriteLine("content publish --back restores the previous version.");
                return 0;
            case PublishState.Nothing:
                return Say("The live site matches the folder. There is nothing to publish.", 0);
            case PublishState.Stale:
                return Say("Something changed in the meantime, so nothing was published. Run content publish again to see the changes.", 1);
            default:
                return Say("Nothing was published.", 1);
        }
    }

    private void Show(PendingChanges changes)
    {
        if (changes.Obstacle is { } obstacle) output.WriteLine(obstacle);
        if (changes.Note is { } note) output.WriteLine(note);
        foreach (var version in changes.Incoming)
            output.WriteLine($"Included: {version.Who}, {Time(version.At)}: {version.Why}");
        foreach (var page in changes.Pages) Page(page);
        foreach (var list in changes.Lists) List(list);
        Files(changes);
        foreach (var problem in changes.Problems) output.WriteLine(_paint.Problem(problem, shown));
        foreach (var conflict in changes.Conflicts) Conflict(conflict);
    }

    private void Files(PendingChanges changes)
    {
        var texts = changes.Pages.Select(page => page.File).Concat(changes.Lists.Select(list => list.File)).ToHashSet(StringComparer.Ordinal);
        foreach (var file in changes.Files.Where(file => !texts.Contains(file.File)))
            output.WriteLine($"{_paint.Strong(shown + file.File)}: {NameOf(file.Kind)}");
    }

    private void Page(PageChange page)
    {
        output.WriteLine($"{_paint.Strong(page.Path)}  {page.Title}: {NameOf(page.Kind)}  ({shown}{page.File})");
        // A whole page that is added or removed can be read in its file.
        if (page.Kind != PageChangeKind.Changed) return;
        foreach (var piece in page.Pieces)
        {
            var text = piece.Kind == PieceChangeKind.Skipped ? "…" : string.Concat(piece.Words.Select(Word)).ReplaceLineEndings("\n  ");
            output.WriteLine("  " + text);
        }
    }

    private void List(ListChange list)
    {
        output.WriteLine(_paint.Strong(shown + list.File));
        foreach (var line in list.Lines)
            output.WriteLine(line.Kind switch
            {
                PieceChangeKind.Added => _paint.New("  + " + line.Text),
                PieceChangeKind.Removed => _paint.Old("  - " + line.Text),
                _ => "    " + line.Text,
            });
    }

    private void Conflict(ContentConflict conflict)
    {
        var by = conflict.By is { } who ? $"{who.Who} ({Time(who.At)}: {who.Why})" : "someone else";
        output.WriteLine(conflict.GoesBack
            ? $"{_paint.Old(shown + conflict.File)}: your file is the version from before {by} changed it"
            : $"{_paint.Old(shown + conflict.File)}: {by} changed the same place");
        foreach (var line in conflict.Theirs.Split('\n').Where(line => line.Length > 0)) output.WriteLine(_paint.New($"    theirs: {line}"));
        foreach (var line in conflict.Yours.Split('\n').Where(line => line.Length > 0)) output.WriteLine(_paint.Old($"    yours:  {line}"));
        output.WriteLine($"    → Correct your file, then run content publish --keep {conflict.File}");
    }

    private string Word(WordChange word) => word.Kind switch
    {
        PieceChangeKind.Added => color ? _paint.New(word.Text) : $"{{+{word.Text}+}}",
        PieceChangeKind.Removed => color ? _paint.Old(word.Text) : $"[-{word.Text}-]",
        _ => word.Text,
    };

    private static string NameOf(PageChangeKind kind) => kind switch
    {
        PageChangeKind.Added => "new",
        PageChangeKind.Removed => "removed",
        _ => "changed",
    };

    private int Say(string words, int code)
    {
        output.WriteLine(words);
        return code;
    }
}
