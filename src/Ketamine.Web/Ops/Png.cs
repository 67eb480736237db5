using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Ketamine.Web.Ops;

/// <summary>As much of PNG (RFC 2083) as a drawn card needs: few colors instead of many, and a line of text inside the file.</summary>
public static class Png
{
    private static readonly byte[] Signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0d, 0x0a, 0x1a, 0x0a];

    /// <summary>The text that stands in a file under a keyword; null where there is none, or where this is no PNG.</summary>
    public static string? ReadText(ReadOnlySpan<byte> png, string keyword)
    {
        foreach (var (type, data) in Chunks(png))
        {
            var zero = Array.IndexOf(data, (byte)0);
            if (type == "tEXt" && zero > 0 && Encoding.Latin1.GetString(data, 0, zero) == keyword) return Encoding.Latin1.GetString(data, zero + 1, data.Length - zero - 1);
        }

        return null;
    }

    /// <summary>
    /// The same picture in at most <paramref name="colors"/> colors, with a line of text. Drawings of few colors lose nothing that is seen, and
    /// take a quarter of the bytes.
    /// </summary>
    /// <param name="png">As rsvg-convert and cairo write it: 8 bits a channel, not interlaced; anything translucent counts as opaque.</param>
    /// <exception cref="FormatException">A file of another kind.</exception>
    public static byte[] Reduce(byte[] png, int colors, string keyword, string text)
    {
        var (width, height, pixels) = Decode(png);
        var palette = Palette(pixels, colors);
        var nearest = new Dictionary<int, byte>();
        var rows = new byte[(width + 1) * height];
        for (int y = 0, at = 0; y < height; y++)
        {
            rows[y * (width + 1)] = 0;
            for (var x = 0; x < width; x++, at++)
            {
                if (!nearest.TryGetValue(pixels[at], out var index)) nearest[pixels[at]] = index = NearestName(palette, pixels[at]);
                rows[y * (width + 1) + 1 + x] = index;
            }
        }

        using var file = new MemoryStream();
        file.Write(Signature);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 3);
        Chunk(file, "IHDR", header);
        Chunk(file, "tEXt", Encoding.Latin1.GetBytes($"{keyword}\0{text}"));
        Chunk(file, "PLTE", [.. palette.SelectMany(color => new[] { (byte)(color >> 16), (byte)(color >> 8), (byte)color })]);
        using var squeezed = new MemoryStream();
        using (var zlib = new ZLibStream(squeezed, CompressionLevel.SmallestSize, leaveOpen: true)) zlib.Write(rows);
        Chunk(file, "IDAT", squeezed.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    /// <summary>Pixels as 0xRRGGBB, row by row.</summary>
    internal static (int Width, int Height, int[] Pixels) Decode(byte[] png)
    {
        var chunks = Chunks(png);
        if (chunks is not [("IHDR", { Length: 13 } header), ..] || header[8] != 8 || header[9] is not (2 or 3 or 6) || header[12] != 0)
            throw new FormatException("a PNG of 8 bits a channel in RGB, RGBA or indexed colors, not interlaced, is wanted");
        var (width, height, bytes) = (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(4)), header[9] switch { 6 => 4, 2 => 3, _ => 1 });
        var palette = chunks.Find(chunk => chunk.Type == "PLTE").Data;
        using var zlib = new ZLibStream(new MemoryStream([.. chunks.Where(chunk => chunk.Type == "IDAT").SelectMany(chunk => chunk.Data)]), CompressionMode.Decompress);
        var pixels = new int[width * height];
        var (above, row) = (new byte[width * bytes], new byte[width * bytes]);
        for (var y = 0; y < height; y++)
        {
            var filter = zlib.ReadByte();
            zlib.ReadExactly(row);
            for (var i = 0; i < row.Length; i++)
            {
                var (left, up, corner) = (i >= bytes ? row[i - bytes] : 0, (int)above[i], i >= bytes ? above[i - bytes] : 0);
                row[i] += (byte)(filter switch { 0 => 0, 1 => left, 2 => up, 3 => (left + up) / 2, 4 => Paeth(left, up, corner), _ => throw new FormatException("a filter that PNG does not know") });
            }

            for (var x = 0; x < width; x++)
            {
                var color = bytes == 1 ? palette.AsSpan(3 * row[x], 3) : row.AsSpan(x * bytes, 3);
                pixels[y * width + x] = color[0] << 16 | color[1] << 8 | color[2];
            }

            (above, row) = (row, above);
        }

        return (width, height, pixels);
    }

    private static int Paeth(int left, int up, int corner)
    {
        var guess = left + up - corner;
        var (a, b, c) = (Math.Abs(guess - left), Math.Abs(guess - up), Math.Abs(guess - corner));
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }

    /// <summary>Median cut: the box of colors with the widest spread is halved until there are enough boxes; each gives its mean.</summary>
    private static List<int> Palette(int[] pixels, int colors)
    {
        var counts = pixels.CountBy(pixel => pixel).ToList();
        List<List<KeyValuePair<int, int>>> boxes = [counts];
        while (boxes.Count < colors && boxes.Where(box => box.Count > 1).MaxBy(box => Spread(box, Widest(box))) is { } box)
        {
            var shift = Widest(box);
            box.Sort((one, two) => (one.Key >> shift & 255) - (two.Key >> shift & 255));
            // Halved by color and not by number: a large ground must not use up the palette that thin lines need.
            var middle = ((box[0].Key >> shift & 255) + (box[^1].Key >> shift & 255) + 1) / 2;
            var cut = Math.Clamp(box.FindIndex(color => (color.Key >> shift & 255) >= middle), 1, box.Count - 1);
            boxes.Add(box[cut..]);
            box.RemoveRange(cut, box.Count - cut);
        }

        // The commonest of a box stands for it, so that grounds and type keep the very colors of the clinic.
        return [.. boxes.Select(box => box.MaxBy(color => color.Value).Key).Distinct()];
    }

    private static int Widest(List<KeyValuePair<int, int>> box) => new[] { 16, 8, 0 }.MaxBy(shift => Spread(box, shift));

    private static int Spread(List<KeyValuePair<int, int>> box, int shift) => box.Max(color => color.Key >> shift & 255) - box.Min(color => color.Key >> shift & 255);

    private static byte NearestName(List<int> palette, int color)
    {
        var (best, distance) = (0, int.MaxValue);
        for (var i = 0; i < palette.Count; i++)
        {
            var (r, g, b) = ((palette[i] >> 16 & 255) - (color >> 16 & 255), (palette[i] >> 8 & 255) - (color >> 8 & 255), (palette[i] & 255) - (color & 255));
            if (r * r + g * g + b * b is var found && found < distance) (best, distance) = (i, found);
        }

        return (byte)best;
    }

    private static List<(string Type, byte[] Data)> Chunks(ReadOnlySpan<byte> png)
    {
        var chunks = new List<(string, byte[])>();
        if (!png.StartsWith(Signature)) return chunks;
        for (var at = 8; at + 12 <= png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png[at..]);
            if (length < 0 || length > png.Length - at - 12) break;
            chunks.Add((Encoding.Latin1.GetString(png.Slice(at + 4, 4)), png.Slice(at + 8, length).ToArray()));
            at += 12 + length;
        }

        return chunks;
    }

    private static void Chunk(MemoryStream file, string type, byte[] data)
    {
        byte[] body = [.. Encoding.Latin1.GetBytes(type), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    // RFC 2083, 3.4: of the type and the data.
    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var one in bytes)
        {
            crc ^= one;
            for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
        }

        return ~crc;
    }
}
