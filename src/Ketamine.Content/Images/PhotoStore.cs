using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Ketamine.Content.Images;

/// <summary>An available size of a photograph.</summary>
/// <param name="File">On disk.</param>
/// <param name="ContentType">Of what is sent.</param>
/// <param name="IsExact">Whether it is the requested size, rather than the nearest available one.</param>
public sealed record ReadyPhoto(string File, string ContentType, bool IsExact);

/// <summary>
/// The sizes of the clinic's photographs in the data folder: <c>photos/{recipe}/{hash of the bytes and focal point}/{slot}-{width}.{extension}</c>.
/// A file appears whole, by a move, and never changes.
/// </summary>
/// <param name="folder">Absolute, or relative to the working directory; created on the first write.</param>
public sealed class PhotoStore(string folder)
{
    // A new number makes all sizes again: change it along with qualities, widths, or crops.
    private const string Recipe = "1";

    private readonly string _root = Path.Combine(Path.GetFullPath(folder), Recipe);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _first = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _tints = new(StringComparer.Ordinal);
    private readonly Channel<string> _wanted = Channel.CreateBounded<string>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Photographs that a visitor is waiting for, by key; they are made first.</summary>
    internal ChannelReader<string> Wanted => _wanted.Reader;

    /// <summary>The requested size, or the nearest one that is ready; null if there is none yet.</summary>
    public ReadyPhoto? Find(ContentFile photo, PhotoSlot slot, int width, string extension)
    {
        if (TypeOf(extension) is not { } type) return null;
        var exact = FileOf(photo, slot, width, extension);
        if (File.Exists(exact)) return new ReadyPhoto(exact, type, true);
        var byDistance = slot.WidthsOf(photo).OrderBy(other => Math.Abs(other - width)).Select(other => FileOf(photo, slot, other, extension));
        return byDistance.FirstOrDefault(File.Exists) is { } near ? new ReadyPhoto(near, type, false) : null;
    }

    /// <summary>Like <see cref="Find"/>, but if nothing is ready yet, waits for the photograph's first size.</summary>
    /// <param name="patience">The longest time to wait.</param>
    public async Task<ReadyPhoto?> WaitForAsync(
        ContentFile photo, PhotoSlot slot, int width, string extension, TimeSpan patience, CancellationToken cancellation)
    {
        var first = _first.GetOrAdd(photo.PhotoKey, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (Find(photo, slot, width, extension) is { } ready) return ready;
        _wanted.Writer.TryWrite(photo.PhotoKey);
        await Task.WhenAny(first.Task, Task.Delay(patience, cancellation));
        return Find(photo, slot, width, extension);
    }

    /// <summary>The CSS class of a photograph's placeholder color; null until known.</summary>
    public string? TintOf(ContentFile photo)
    {
        if (_tints.TryGetValue(photo.PhotoKey, out var known)) return known;
        var file = Path.Combine(_root, photo.PhotoKey, "tint");
        return File.Exists(file) ? _tints.GetOrAdd(photo.PhotoKey, File.ReadAllText(file)) : null;
    }

    /// <summary>Whether all sizes of a photograph exist.</summary>
    internal bool IsComplete(ContentFile photo) => File.Exists(Path.Combine(_root, photo.PhotoKey, "complete"));

    /// <summary>Makes a photograph's missing sizes, the smallest of each slot first, to have something to show soon.</summary>
    internal void Make(ContentFile photo, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.Combine(_root, photo.PhotoKey));
        using var image = PhotoMaker.Read(photo.File);
        Write(Path.Combine(_root, photo.PhotoKey, "tint"), Encoding.ASCII.GetBytes(PhotoMaker.TintOf(image)));
        var sizes = PhotoSlot.All.SelectMany(slot => slot.WidthsOf(photo).Select((width, order) => (slot, width, order)))
            .OrderBy(size => size.order).ToList();
        foreach (var format in Enumerable.Reverse(PhotoMaker.Formats)) MakeSizes(sizes.Where(size => size.order == 0), format);
        if (_first.TryGetValue(photo.PhotoKey, out var waiting)) waiting.TrySetResult();
        foreach (var format in PhotoMaker.Formats) MakeSizes(sizes.Where(size => size.order > 0), format);
        Write(Path.Combine(_root, photo.PhotoKey, "complete"), []);

        void MakeSizes(IEnumerable<(PhotoSlot Slot, int Width, int Order)> some, PhotoFormat format)
        {
            foreach (var (slot, width, _) in some)
            {
                cancellation.ThrowIfCancellationRequested();
                var file = FileOf(photo, slot, width, format.Extension);
                if (!File.Exists(file)) Write(file, PhotoMaker.Make(image, slot, photo.Focus, width, slot.HeightOf(photo, width), format));
            }
        }
    }

    /// <summary>Stops waiting for a photograph that can't be made.</summary>
    internal void GiveUp(ContentFile photo)
    {
        if (_first.TryGetValue(photo.PhotoKey, out var waiting)) waiting.TrySetResult();
    }

    /// <summary>Removes sizes of photographs that are no longer in the folder.</summary>
    internal void Sweep(IReadOnlySet<string> keys)
    {
        if (!Directory.Exists(_root)) return;
        foreach (var gone in Directory.EnumerateDirectories(_root).Where(path => !keys.Contains(Path.GetFileName(path))))
            Directory.Delete(gone, recursive: true);
    }

    private string FileOf(ContentFile photo, PhotoSlot slot, int width, string extension) =>
        Path.Combine(_root, photo.PhotoKey, string.Create(CultureInfo.InvariantCulture, $"{slot.Name}-{width}.{extension}"));

    private static string? TypeOf(string extension) => Array.Find(PhotoMaker.Formats, format => format.Extension == extension)?.Type;

    private static void Write(string file, byte[] bytes)
    {
        File.WriteAllBytes(file + ".part", bytes);
        File.Move(file + ".part", file, overwrite: true);
    }
}
