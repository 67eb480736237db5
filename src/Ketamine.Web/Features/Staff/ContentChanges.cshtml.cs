using Ketamine.Content.Editing;
using Ketamine.Content.Publishing;
using Ketamine.Web.Audit;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Features.Staff.Accounts;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Ketamine.Web.Features.Staff;

/// <summary>Shows what publishing the content folder would change, page by page, and publishes it. For editors.</summary>
[StaffAccess(StaffRole.Editor)]
public sealed class ContentChangesModel(DeskContext desk, Publisher publisher, ContentWatcher watcher, AuditLog audit) : DeskPage(desk)
{
    public const int MaxLength = 200;

    /// <summary>Identifies the changes that the form showed.</summary>
    [BindProperty]
    public string? Token { get; set; }

    /// <summary>A line for the history.</summary>
    [BindProperty]
    public string? Why { get; set; }

    /// <summary>Conflicting files to publish as they are in the folder.</summary>
    [BindProperty]
    public List<string> Keep { get; set; } = [];

    public PendingChanges Changes { get; private set; } = PendingChanges.None(live: null);

    /// <summary>Why nothing was published; null before the first attempt.</summary>
    public string? Refusal { get; private set; }

    /// <summary>Whether there is anything to publish and nothing prevents it.</summary>
    public bool CanPublish => Changes.Obstacle is null && Changes.Errors == 0 && (!Changes.Files.IsEmpty || Changes.Live is null);

    public Task OnGetAsync(CancellationToken cancellation) => LookAsync(cancellation);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (TypedText.OneLine(Why ?? "").Trim() is not { Length: > 0 and <= MaxLength } why)
        {
            await LookAsync(cancellation);
            Errors.Add("why", string.IsNullOrWhiteSpace(Why) ? "Say in a few words what changed" : $"Shorten it to {MaxLength} characters");
            return new PageResult { StatusCode = StatusCodes.Status422UnprocessableEntity };
        }

        try
        {
            // Without a token, the editor would publish changes that the page never showed.
            var result = await publisher.PublishAsync(new PublishOrder(Me.Name, why, Token ?? "", Keep), cancellation);
            if (result.State == PublishState.Published)
            {
                await watcher.RefreshAsync(cancellation);
                var files = ContentCheck.Count(result.Changes.Files.Length, "file");
                await audit.WriteAsync(Me.Name, "content-published", result.Publication!.Name, files, cancellation);
                return new SeeOther($"/staff/content/history?live={result.Publication.Name}");
            }

            (Changes, Refusal) = (result.Changes, Sentence(result));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Changes = Changes with { Obstacle = failed.Message };
            Refusal = "Nothing was published.";
        }

        Head();
        return new PageResult { StatusCode = StatusCodes.Status409Conflict };
    }

    /// <summary>Says why nothing was published.</summary>
    public static string Sentence(PublishResult result) => result.State switch
    {
        PublishState.Nothing => "There is nothing to publish: the live site matches the folder.",
        PublishState.Stale => "Something changed since you looked, so nothing was published. Look at it below, then publish.",
        PublishState.Conflict => "Someone else changed the same files, so nothing was published. Both versions are below, and neither is lost.",
        PublishState.Refused => "Nothing was published, because the content has errors.",
        _ => "Nothing was published.",
    };

    private async Task LookAsync(CancellationToken cancellation)
    {
        Head();
        try
        {
            Changes = await publisher.FindChangesAsync(Me.Name, cancellation);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Changes = Changes with { Obstacle = failed.Message };
        }
    }

    private void Head() => (Title, Place) = ("What changed", "/staff/content");
}
