using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ketamine.Web.Leads.Crisis;

/// <summary>
/// The clinician who signed a list of crisis phrases, and when. Like a medical review's, the signature is tied to the exact words: it doesn't prove
/// identity, but keeps a name off a list that has changed since.
/// </summary>
/// <param name="Hash">24 hexadecimal digits of SHA-256 over the name, date, and list without its signature. Runs of white space count as one space.</param>
public sealed record CrisisSignature(string By, DateOnly On, string Hash)
{
    private const string Key = "signed:";

    /// <summary>The hash that binds a signature to a list.</summary>
    /// <param name="yaml">The list, signed or not.</param>
    public static string HashOf(string yaml, string by, DateOnly on)
    {
        var (before, after) = Around(yaml);
        var words = string.Join(
            ' ',
            $"{by} {Date(on)} {string.Join('\n', before)} {string.Join('\n', after)}".Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        );
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(words)))[..24];
    }

    /// <summary>The list with this signature instead of its current one.</summary>
    public static string Write(string yaml, string by, DateOnly on)
    {
        var (before, after) = Around(yaml);
        var quoted = by.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return string.Join('\n', [.. before, Key, $"  by: \"{quoted}\"", $"  date: {Date(on)}", $"  hash: {HashOf(yaml, by, on)}", .. after]);
    }

    private static string Date(DateOnly on) => on.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    // The lines before and after the signature block.
    private static (string[] Before, string[] After) Around(string yaml)
    {
        var lines = yaml.ReplaceLineEndings("\n").Split('\n');
        var from = Array.FindIndex(lines, line => line.StartsWith(Key, StringComparison.Ordinal));
        if (from < 0) return ([], lines);
        var to = from + 1;
        while (to < lines.Length && lines[to].StartsWith(' ')) to++;
        return (lines[..from], lines[to..]);
    }
}
