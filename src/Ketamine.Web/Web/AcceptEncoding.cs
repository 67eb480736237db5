using Microsoft.Extensions.Primitives;

namespace Ketamine.Web.Web;

/// <summary>A parsed Accept-Encoding header (RFC 9110, 12.5.3). Quality 0 is a refusal.</summary>
public readonly record struct AcceptEncoding(float Brotli, float Gzip, float Identity)
{
    // If neither named nor refused, identity is acceptable, but after everything named.
    private const float Unnamed = 0.0001f;

    /// <summary>Parses the header, ignoring what it can't read. Allocates nothing.</summary>
    public static AcceptEncoding Read(StringValues header)
    {
        float? brotli = null, gzip = null, identity = null, others = null;
        for (var line = 0; line < header.Count; line++)
        {
            var text = header[line].AsSpan();
            foreach (var range in text.Split(','))
            {
                var item = text[range];
                var end = item.IndexOf(';');
                var name = (end < 0 ? item : item[..end]).Trim();
                var quality = end < 0 ? 1 : Quality(item[(end + 1)..]);
                if (name.Equals("br", StringComparison.OrdinalIgnoreCase)) brotli = quality;
                else if (name.Equals("gzip", StringComparison.OrdinalIgnoreCase) || name.Equals("x-gzip", StringComparison.OrdinalIgnoreCase)) gzip = quality;
                else if (name.Equals("identity", StringComparison.OrdinalIgnoreCase)) identity = quality;
                else if (name is "*") others = quality;
            }
        }

        return new AcceptEncoding(brotli ?? others ?? 0, gzip ?? others ?? 0, identity ?? (others is 0 ? 0 : Unnamed));
    }

    private static float Quality(ReadOnlySpan<char> parameter)
    {
        var equals = parameter.IndexOf('=');
        return equals > 0 && parameter[..equals].Trim() is "q" or "Q"
            && float.TryParse(parameter[(equals + 1)..].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var quality)
            ? Math.Clamp(quality, 0, 1)
            : 1;
    }
}
