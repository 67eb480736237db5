using System.Buffers.Binary;

namespace Ketamine.Content.Images;

/// <summary>
/// Reads width and height from a picture's first bytes. Pages include every picture's size, which keeps text from jumping while they load. A few lines
/// per format are faster than an imaging library, which takes half a second on first use.
/// </summary>
internal static class PictureSize
{
    /// <summary>The size in CSS pixels; null if the bytes aren't such a picture.</summary>
    /// <param name="contentType">From the file's extension.</param>
    public static (int Width, int Height)? Read(ReadOnlySpan<byte> bytes, string contentType)
    {
        var size = contentType switch
        {
            "image/png" => Png(bytes),
            "image/gif" => Gif(bytes),
            "image/jpeg" => Jpeg(bytes),
            "image/webp" => WebP(bytes),
            "image/avif" => IsAvif(bytes) ? Avif(bytes) : null,
            "image/heic" => IsAvif(bytes) ? null : Heic(bytes),
            _ => null,
        };
        return size is { Width: > 0 and <= 65_535, Height: > 0 and <= 65_535 } ? size : null;
    }

    // PNG (W3C, third edition) 11.2.1: the IHDR chunk comes first.
    private static (int Width, int Height)? Png(ReadOnlySpan<byte> b) =>
        b.Length >= 24 && b[0] == 0x89 && b[1..8].SequenceEqual("PNG\r\n\x1a\n"u8) && b[12..16].SequenceEqual("IHDR"u8)
            ? (BinaryPrimitives.ReadInt32BigEndian(b[16..]), BinaryPrimitives.ReadInt32BigEndian(b[20..]))
            : null;

    // GIF89a, 18: the logical screen's size follows the signature.
    private static (int Width, int Height)? Gif(ReadOnlySpan<byte> b) =>
        b.Length >= 10 && (b.StartsWith("GIF89a"u8) || b.StartsWith("GIF87a"u8))
            ? (BinaryPrimitives.ReadUInt16LittleEndian(b[6..]), BinaryPrimitives.ReadUInt16LittleEndian(b[8..]))
            : null;

    // ITU-T T.81, B.2.2: the first start-of-frame segment. Exif's orientation (TIFF tag 0x0112), which every browser applies, may rotate the picture.
    private static (int Width, int Height)? Jpeg(ReadOnlySpan<byte> b)
    {
        if (b.Length < 4 || b[0] != 0xFF || b[1] != 0xD8) return null;
        var turned = false;
        for (var at = 2; at + 9 < b.Length;)
        {
            if (b[at] != 0xFF) return null;
            var marker = b[at + 1];
            if (marker == 0xFF)
            {
                at++;
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(b[(at + 2)..]);
            if (length < 2) return null;
            if (marker == 0xE1 && at + 2 + length <= b.Length) turned |= IsTurned(b.Slice(at + 4, length - 2));
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                int height = BinaryPrimitives.ReadUInt16BigEndian(b[(at + 5)..]), width = BinaryPrimitives.ReadUInt16BigEndian(b[(at + 7)..]);
                return turned ? (height, width) : (width, height);
            }

            at += 2 + length;
        }

        return null;
    }

    // Exif 2.32, 4.6: orientations 5 to 8 swap width and height.
    private static bool IsTurned(ReadOnlySpan<byte> app1)
    {
        if (app1.Length < 14 || !app1.StartsWith("Exif\0\0"u8)) return false;
        var tiff = app1[6..];
        var little = tiff[0] == 'I';
        if (Int32(tiff, 4, little) is not (>= 8 and var directory) || directory + 2 > tiff.Length) return false;
        var count = Int16(tiff, directory, little);
        for (var i = 0; i < count && directory + 2 + (i * 12) + 12 <= tiff.Length; i++)
        {
            var entry = directory + 2 + (i * 12);
            if (Int16(tiff, entry, little) == 0x0112) return Int16(tiff, entry + 8, little) is >= 5 and <= 8;
        }

        return false;
    }

    // AV1 Image File Format 6.2: one of the brands in the first box says so. Both formats are otherwise alike.
    private static bool IsAvif(ReadOnlySpan<byte> b) =>
        b.Length >= 16 && BinaryPrimitives.ReadUInt32BigEndian(b) is >= 16 and <= 256 and var length && length <= b.Length
        && (b[8..(int)length].IndexOf("avif"u8) >= 0 || b[8..(int)length].IndexOf("avis"u8) >= 0);

    // ISO/IEC 23008-12 6.5.10: a phone stores its picture in the sensor's orientation, and irot rotates it in quarter turns.
    private static (int Width, int Height)? Heic(ReadOnlySpan<byte> b)
    {
        if (Avif(b) is not var (width, height)) return null;
        var head = b[..Math.Min(b.Length, 64 * 1024)];
        var turn = head.IndexOf("irot"u8);
        return turn >= 0 && turn + 4 < head.Length && (head[turn + 4] & 1) == 1 ? (height, width) : (width, height);
    }

    /// <summary>Whether the file is complete, if its format marks the end: an interrupted copy still has its size and half of its pixels.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> bytes, string contentType) => contentType switch
    {
        // Inside the compressed data a marker's first byte is always followed by a zero, so EOI after SOS belongs to the picture, not to a thumbnail.
        "image/jpeg" => bytes.IndexOf(StartOfScan) is >= 0 and var scan && bytes[scan..].LastIndexOf(EndOfImage) > 0,
        "image/png" => bytes.LastIndexOf("IEND"u8) > 0,
        "image/heic" => HasAllBoxes(bytes),
        _ => true,
    };

    private static ReadOnlySpan<byte> StartOfScan => [0xFF, 0xDA];

    private static ReadOnlySpan<byte> EndOfImage => [0xFF, 0xD9];

    // ISO/IEC 14496-12 4.2: a file is a sequence of boxes, each beginning with its length; 1 means that 64 bits follow, 0 that it extends to the end.
    private static bool HasAllBoxes(ReadOnlySpan<byte> b)
    {
        long at = 0;
        while (at + 8 <= b.Length)
        {
            long length = BinaryPrimitives.ReadUInt32BigEndian(b[(int)at..]);
            if (length == 0) return true;
            if (length == 1) length = at + 16 <= b.Length ? BinaryPrimitives.ReadInt64BigEndian(b[((int)at + 8)..]) : -1;
            if (length < 8) return false;
            at += length;
        }

        return at == b.Length;
    }

    private static int Int16(ReadOnlySpan<byte> b, int at, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(b[at..]) : BinaryPrimitives.ReadUInt16BigEndian(b[at..]);

    private static int Int32(ReadOnlySpan<byte> b, int at, bool little) =>
        little ? BinaryPrimitives.ReadInt32LittleEndian(b[at..]) : BinaryPrimitives.ReadInt32BigEndian(b[at..]);

    // RFC 9649: lossy (VP8), lossless (VP8L), and extended (VP8X) files store their size in different places.
    private static (int Width, int Height)? WebP(ReadOnlySpan<byte> b)
    {
        if (b.Length < 30 || !b.StartsWith("RIFF"u8) || !b[8..12].SequenceEqual("WEBP"u8)) return null;
        var kind = b[12..16];
        if (kind.SequenceEqual("VP8X"u8)) return (1 + Int24(b, 24), 1 + Int24(b, 27));
        if (kind.SequenceEqual("VP8 "u8))
            return (BinaryPrimitives.ReadUInt16LittleEndian(b[26..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(b[28..]) & 0x3FFF);
        if (!kind.SequenceEqual("VP8L"u8) || b[20] != 0x2F) return null;
        var bits = BinaryPrimitives.ReadUInt32LittleEndian(b[21..]);
        return (1 + (int)(bits & 0x3FFF), 1 + (int)((bits >> 14) & 0x3FFF));
    }

    private static int Int24(ReadOnlySpan<byte> b, int at) => b[at] | (b[at + 1] << 8) | (b[at + 2] << 16);

    // ISO/IEC 23008-12 6.5.3: the image spatial extents property. The largest is the picture's; others belong to thumbnails and tiles.
    private static (int Width, int Height)? Avif(ReadOnlySpan<byte> b)
    {
        if (b.Length < 32 || !b[4..8].SequenceEqual("ftyp"u8)) return null;
        (int Width, int Height)? best = null;
        for (var rest = b[..Math.Min(b.Length, 64 * 1024)]; rest.IndexOf("ispe"u8) is >= 0 and var at && at + 16 <= rest.Length; rest = rest[(at + 4)..])
        {
            var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(rest[(at + 8)..]), BinaryPrimitives.ReadInt32BigEndian(rest[(at + 12)..]));
            if (best is null || (long)width * height > (long)best.Value.Width * best.Value.Height) best = (width, height);
        }

        return best;
    }
}
