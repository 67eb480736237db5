using System.Diagnostics;
using System.Threading.Channels;

namespace Ketamine.Content;

/// <summary>
/// Rereads the folder after a change on disk. File system events report changes right away; where there are none (network and container mounts), a
/// check of names, sizes, and times every few seconds does. A read counts only if the folder didn't change during it.
/// </summary>
public sealed class ContentWatcher(ContentFolder folder, LiveCopies copies, ContentStore store, ContentView view, ILogger<ContentWatcher> log)
    : BackgroundService
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan LongestSettling = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private FileSystemWatcher? _published;
    private long _changedAt;
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var watcher = Watch(copies.Folder, subfolders: true);
        var seen = folder.ReadAt; // changes since the store was filled are read right away
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var noticed = Stopwatch.GetTimestamp();
                if (folder.Stamp() != seen)
                {
                    await SettleAsync(noticed, stoppingToken);
                    seen = await ReadAsync(stoppingToken);
                }

                // Before the first publication there is nothing to watch; the periodic check finds it.
                if (Directory.Exists(copies.Place)) _published ??= Watch(copies.Place, subfolders: false);
                await WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception unforeseen)
            {
                // A dead watcher would silently leave the site on old content.
                log.LogError(unforeseen, "Reading the content folder failed; the site still serves the last good content");
                await Task.Delay(Poll, stoppingToken);
            }
        }
    }

    /// <summary>Waits until events have stopped for a moment, so a burst of writes is read once; the wait is limited.</summary>
    /// <param name="noticed">When the change was noticed, as a timestamp of <see cref="Stopwatch"/>.</param>
    private async Task SettleAsync(long noticed, CancellationToken cancellation)
    {
        while (Quiet - Stopwatch.GetElapsedTime(Math.Max(noticed, Interlocked.Read(ref _changedAt))) is { Ticks: > 0 } left
            && Stopwatch.GetElapsedTime(noticed) < LongestSettling)
            await Task.Delay(left, cancellation);
        _changes.Reader.TryRead(out _);
    }

    /// <summary>Reads until the folder stays unchanged; returns the stamp of what was read.</summary>
    private async Task<string> ReadAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            return await ReadQuietAsync(cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Reads the folder now, after a publication in this process. On return, the site shows it unless it has errors.</summary>
    public Task RefreshAsync(CancellationToken cancellation) => ReadAsync(cancellation);

    private async Task<string> ReadQuietAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var reading = folder.Read(cancellation);
            // A file read while being written usually has errors, and is complete a moment later.
            if (reading.Content is null) await Task.Delay(Quiet, cancellation);
            if (folder.Stamp() != reading.Stamp)
            {
                await Task.Delay(Quiet / 3, cancellation);
                continue;
            }

            Take(reading);
            return reading.Stamp;
        }
    }

    private void Take(ContentReading reading)
    {
        if (view.Of(reading) is { } content)
        {
            var wasBad = store.Health.Errors.Count > 0;
            if (content.Version == store.Current.Content.Version && !wasBad) return;
            store.Publish(content);
            log.LogInformation(
                "Content {Version} is live: {Articles} articles, {Services} services, {Pages} pages",
                content.Version,
                content.Articles.Length,
                content.Services.Length,
                content.Pages.Length);
            return;
        }

        var errors = reading.Errors.ToList();
        if (store.Health.Errors.SequenceEqual(errors)) return;
        store.Reject(errors);
        foreach (var error in errors) log.LogError("Content error, not live: {Problem}", error.ToMessage());
    }

    private async Task WaitAsync(CancellationToken cancellation)
    {
        using var poll = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        poll.CancelAfter(Poll);
        try
        {
            await _changes.Reader.WaitToReadAsync(poll.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // time for the periodic check
        }

        _changes.Reader.TryRead(out _);
    }

    public override void Dispose()
    {
        _published?.Dispose();
        _turn.Dispose();
        base.Dispose();
    }

    private FileSystemWatcher? Watch(string path, bool subfolders)
    {
        try
        {
            var watcher = new FileSystemWatcher(path)
            {
                IncludeSubdirectories = subfolders,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
                InternalBufferSize = 64 * 1024,
            };
            watcher.Changed += (_, change) => Changed(change.Name);
            watcher.Created += (_, change) => Changed(change.Name);
            watcher.Deleted += (_, change) => Changed(change.Name);
            watcher.Renamed += (_, change) => Changed(change.Name);
            watcher.Error += (_, _) => _changes.Writer.TryWrite(true);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception none) when (none is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            log.LogWarning(
                "The file system doesn't report changes ({Reason}); checking the content folder every {Seconds} s",
                none.Message,
                Poll.TotalSeconds);
            return null;
        }
    }

    private void Changed(string? name)
    {
        if (name is not null && ContentFolder.IsPassing(Path.GetFileName(name))) return;
        Interlocked.Exchange(ref _changedAt, Stopwatch.GetTimestamp());
        _changes.Writer.TryWrite(true);
    }
}
