using System.Buffers.Binary;

namespace Ketamine.Content.Images;

/// <summary>
/// Metadata in picture files: where and with what camera a picture was taken, comments. Photographs lose it when they are resized; PNG and WebP files,
/// which are served unchanged otherwise, lose it here.
/// </summary>
public static class ImageMetadata
{
    // PNG (W3C, third edition) 11.3: chunks that describe the picture but don't affect how it looks.
    private static readonly FrozenSet<string> PngChunks = FrozenSet.Create(StringComparer.Ordinal, "eXIf", "tEXt", "zTXt", "iTXt", "tIME");

    // RFC 9649 2.7.1.5.
    private static readonly FrozenSet<string> WebPChunks = FrozenSet.Create(StringComparer.Ordinal, "EXIF", "XMP ");

    /// <summary>Whether a file has metadata, whether or not <see cref="Strip"/> can remove it.</summary>
    public static bool Has(ReadOnlySpan<byte> bytes, string contentType) => contentType switch
    {
        "image/png" or "image/webp" => Strip(bytes, contentType).Length != bytes.Length,
        // ISO/IEC 23008-12 A.2: an item of the type Exif, or of a MIME type for XMP, named in the file's first boxes.
        "image/avif" => bytes[..Math.Min(bytes.Length, 64 * 1024)].IndexOf("Exif"u8) >= 0
            || bytes[..Math.Min(bytes.Length, 64 * 1024)].IndexOf("application/rdf+xml"u8) >= 0,
        _ => false,
    };

    /// <summary>The picture without metadata; a malformed file is returned unchanged.</summary>
    /// <param name="contentType">image/png or image/webp; others are returned unchanged.</param>
    public static byte[] Strip(ReadOnlySpan<byte> bytes, string contentType) => contentType switch
    {
        "image/png" => StripPng(bytes),
        "image/webp" => StripWebP(bytes),
        _ => bytes.ToArray(),
    };

    private static byte[] StripPng(ReadOnlySpan<byte> bytes)
    {
        var kept = new MemoryStream(bytes.Length);
        var at = 8;
        kept.Write(bytes[..Math.Min(at, bytes.Length)]);
        while (at + 12 <= bytes.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) + 12L;
            if (at + length > bytes.Length) break;
            if (!PngChunks.Contains(Encoding.ASCII.GetString(bytes.Slice(at + 4, 4)))) kept.Write(bytes.Slice(at, (int)length));
            at += (int)length;
        }

        // Data after the last chunk isn't part of the picture: some programs leave data there.
        return at > 8 ? kept.ToArray() : bytes.ToArray();
    }

    private static byte[] StripWebP(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 12) return bytes.ToArray();
        var kept = new MemoryStream(bytes.Length);
        kept.Write(bytes[..12]);
        var stripped = false;
        for (var at = 12; at + 8 <= bytes.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]) + 8L;
            length += length & 1;
            var end = (int)Math.Min(bytes.Length, at + length);
            if (WebPChunks.Contains(Encoding.ASCII.GetString(bytes.Slice(at, 4)))) stripped = true;
            else kept.Write(bytes[at..end]);
            at = end;
        }

        if (!stripped) return bytes.ToArray();
        var result = kept.ToArray();
        BinaryPrimitives.WriteUInt32LittleEndian(result.AsSpan(4), (uint)(result.Length - 8));
        // The extended header says which chunks follow: bit 3 is Exif, bit 2 is XMP.
        if (result.AsSpan(12).StartsWith("VP8X"u8)) result[20] &= unchecked((byte)~0b0000_1100);
        return result;
    }
}
