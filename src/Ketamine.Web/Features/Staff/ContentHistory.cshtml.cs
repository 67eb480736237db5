using Ketamine.Content.Publishing;
using Ketamine.Web.Audit;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>What was published, for the whole folder or one page, with a button to restore an earlier version. For editors.</summary>
[StaffAccess(StaffRole.Editor)]
public sealed class ContentHistoryModel(DeskContext desk, Publisher publisher, LiveCopies copies, ContentStore store, ContentWatcher watcher, AuditLog audit)
    : DeskPage(desk)
{
    /// <summary>An address, slug, or file; null for the whole folder.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Of { get; set; }

    /// <summary>The version whose changes are shown.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Show { get; set; }

    /// <summary>The publication just made.</summary>
    [BindProperty(SupportsGet = true, Name = "live")]
    public string? Fresh { get; set; }

    /// <summary>The version to restore; null for the one before the live version.</summary>
    [BindProperty]
    public string? Version { get; set; }

    /// <summary>The version that was live when the form was shown.</summary>
    [BindProperty]
    public string? Seen { get; set; }

    /// <summary>What a refused restore would have changed, with the reasons against it; null if nothing was refused.</summary>
    public PendingChanges? Refused { get; private set; }

    public Publication? Live { get; private set; }
    public IReadOnlyList<ContentVersion> Versions { get; private set; } = [];
    public PendingChanges? Changes { get; private set; }
    public string? Refusal { get; private set; }

    /// <summary>Files that a restore left unchanged.</summary>
    public ImmutableArray<string> Left { get; private set; } = [];

    /// <summary>The pages to choose from, by title.</summary>
    public IEnumerable<ContentItem> Pages => store.Current.Content.Articles.Cast<ContentItem>().Concat(store.Current.Content.Services)
        .Concat(store.Current.Content.Pages)
        .OrderBy(page => page.Title, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a version is the one visitors see.</summary>
    public bool IsLive(ContentVersion version) => Live is { } live && version.Id == (live.Version ?? live.Name);

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation) => await ReadAsync(cancellation) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        try
        {
            if (Seen == copies.Current?.Name)
            {
                var result = await BackAsync(cancellation);
                if (result.Publication is not { } publication)
                {
                    Refusal = result.Changes.Obstacle ?? ContentChangesModel.Sentence(result);
                    if (result.State is PublishState.Conflict or PublishState.Refused) Refused = result.Changes;
                }
                else
                {
                    await watcher.RefreshAsync(cancellation);
                    await audit.WriteAsync(Me.Name, "content-back", publication.Name, Of, cancellation);
                    var of = string.IsNullOrEmpty(Of) ? "" : $"&of={Uri.EscapeDataString(Of)}";
                    if (result.Left.IsEmpty) return new SeeOther($"/staff/content/history?live={publication.Name}{of}");
                    (Fresh, Left) = (publication.Name, result.Left);
                }
            }
            else Refusal = "Someone published something since you looked, so nothing was changed.";
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Refusal = failed.Message;
        }

        await ReadAsync(cancellation);
        return Refusal is null ? Page() : new PageResult { StatusCode = StatusCodes.Status409Conflict };
    }

    // Restores one page if its history is shown, and otherwise the whole folder.
    private Task<PublishResult> BackAsync(CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(Of)) return publisher.RollBackAsync(new PublishOrder(Me.Name, ""), Version, cancellation);
        var file = publisher.FileOf(Of, cancellation) ?? throw new IOException("That page no longer exists.");
        return publisher.RestoreAsync(new PublishOrder(Me.Name, ""), file, Version, cancellation);
    }

    private async Task<bool> ReadAsync(CancellationToken cancellation)
    {
        (Title, Place) = ("What was published", "/staff/content");
        string? file = null;
        if (Of is { Length: > 0 } && (file = publisher.FileOf(Of, cancellation)) is null) return false;
        try
        {
            Live = copies.Current;
            Versions = await publisher.HistoryAsync(file, cancellation);
            if (Show is { Length: > 0 }) Changes = await publisher.ChangesOfAsync(Show, file, cancellation);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Refusal ??= failed.Message;
        }

        return true;
    }
}
