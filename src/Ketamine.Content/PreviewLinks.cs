using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Ketamine.Content;

/// <summary>
/// Links that show a draft or a scheduled text before it is public. A link names the text's path and the minute that it ends, sealed with
/// HMAC-SHA256 (RFC 2104): nobody without the key can make one, lengthen one, or turn it to another text. Whoever has the link sees the text.
/// </summary>
public sealed class PreviewLinks
{
    private const int KeyBytes = 32;
    private const int SealBytes = 16; // 128 bits: half of the MAC, as RFC 2104 §5 allows
    private readonly Lazy<byte[]> _key;

    /// <param name="folder">Where the key is kept, as <c>preview.key</c>; made on first use. Instances that share it know each other's links.</param>
    public PreviewLinks(string folder) => _key = new Lazy<byte[]>(() => ReadOrMakeKey(Path.GetFullPath(folder)));

    /// <summary>The path on this site that shows a text until <paramref name="ends"/>, rounded up to the minute.</summary>
    public string PathFor(ContentItem text, DateTimeOffset ends)
    {
        var path = Encoding.UTF8.GetBytes(text.Path);
        var token = new byte[4 + path.Length + SealBytes];
        BinaryPrimitives.WriteUInt32BigEndian(token, (uint)((ends.ToUnixTimeSeconds() + 59) / 60));
        path.CopyTo(token, 4);
        Seal(token.AsSpan(0, 4 + path.Length)).CopyTo(token, 4 + path.Length);
        return "/preview/" + Convert.ToHexStringLower(token);
    }

    /// <summary>The text that a link's token shows now; false for a token that was never made here, has ended, or whose text is gone.</summary>
    public bool TryFind(string token, SiteContent content, DateTimeOffset now, [NotNullWhen(true)] out ContentItem? text, out DateTimeOffset ends)
    {
        (text, ends) = (null, default);
        // Hexadecimal, because the log of requests knows a long unbroken word for a secret and leaves it out.
        if (token.Length is <= 2 * (4 + SealBytes) or > 600 || token.Length % 2 != 0 || !token.All(char.IsAsciiHexDigitLower)) return false;
        var bytes = Convert.FromHexString(token);
        var said = bytes.AsSpan(0, bytes.Length - SealBytes);
        if (!CryptographicOperations.FixedTimeEquals(Seal(said), bytes.AsSpan(said.Length))) return false;
        ends = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32BigEndian(said) * 60L);
        if (ends <= now) return false;
        var path = Encoding.UTF8.GetString(said[4..]);
        text = content.Articles.Cast<ContentItem>().Concat(content.Services).Concat(content.Pages).FirstOrDefault(candidate => candidate.Path == path);
        return text is not null;
    }

    private byte[] Seal(ReadOnlySpan<byte> said) => HMACSHA256.HashData(_key.Value, said)[..SealBytes];

    private static byte[] ReadOrMakeKey(string folder)
    {
        var file = Path.Combine(folder, "preview.key");
        Directory.CreateDirectory(folder);
        if (!File.Exists(file))
        {
            // Written beside and moved: of two processes that start at once, both read the one key that is there in the end.
            var beside = Path.Combine(folder, $".preview.key.{Guid.NewGuid():N}");
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(beside, options)) stream.Write(RandomNumberGenerator.GetBytes(KeyBytes));
            try
            {
                File.Move(beside, file);
            }
            catch (IOException) when (File.Exists(file))
            {
                File.Delete(beside);
            }
        }

        var key = File.ReadAllBytes(file);
        return key.Length == KeyBytes ? key : throw new InvalidDataException($"{file} holds {key.Length} bytes where {KeyBytes} are wanted: delete it, and a new one is made. Links that were given out end with it.");
    }
}
