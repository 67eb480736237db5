using Ketamine.Content.Images;

namespace Ketamine.Content;

/// <summary>
/// Makes the sizes of the clinic's photographs, one photograph at a time, starting with those that a visitor is waiting for. Looks for new ones when the
/// content changes.
/// </summary>
public sealed partial class PhotoWorker(ContentStore content, PhotoStore photos, ILogger<PhotoWorker> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private SiteContent? _swept;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        while (!stoppingToken.IsCancellationRequested)
        {
            var site = content.Current.Content;
            var missing = site.Photographs.Where(photo => !_refused.Contains(photo.PhotoKey) && !photos.IsComplete(photo)).ToList();
            if (photos.Wanted.TryRead(out var wanted) && missing.Find(photo => photo.PhotoKey == wanted) is { } first) Make(first, stoppingToken);
            else if (missing.Count > 0) Make(missing[0], stoppingToken);
            else await RestAsync(site, stoppingToken);
        }
    }

    private async Task RestAsync(SiteContent site, CancellationToken cancellation)
    {
        if (!ReferenceEquals(_swept, site))
        {
            _swept = site;
            try
            {
                photos.Sweep(site.Photographs.Select(photo => photo.PhotoKey).ToHashSet(StringComparer.Ordinal));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                NotSwept(failure.Message);
            }
        }

        // A visitor's request ends the pause; new files in the folder are found after it.
        using var pause = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        pause.CancelAfter(Pause);
        try
        {
            await photos.Wanted.WaitToReadAsync(pause.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private void Make(ContentFile photo, CancellationToken cancellation)
    {
        try
        {
            photos.Make(photo, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        // A decoder error on a broken file must not stop the site.
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _refused.Add(photo.PhotoKey);
            photos.GiveUp(photo);
            Refused(photo.Path, failure.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Can't remove the sizes of deleted photographs: {Reason}.")]
    private partial void NotSwept(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Photo} can't be shown: {Reason}. Save it again as a JPEG.")]
    private partial void Refused(string photo, string reason);
}
