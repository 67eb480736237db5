using System.Text;

namespace Ketamine.Language;

/// <summary>Writes a file under a temporary name beside its place, and then renames it: a site that is watching the folder never reads part of it.</summary>
public static class WholeFile
{
    /// <summary>Replaces a file's text, in UTF-8.</summary>
    /// <param name="path">Its folder exists.</param>
    /// <param name="mark">Whether the file begins with a byte order mark.</param>
    /// <exception cref="IOException">The file couldn't be written; the old one is still there.</exception>
    public static void Write(string path, string text, bool mark = false)
    {
        byte[] bytes = [.. mark ? Encoding.UTF8.Preamble : [], .. Encoding.UTF8.GetBytes(text)];
        Write(path, bytes);
    }

    /// <inheritdoc cref="Write(string, string, bool)"/>
    public static void Write(string path, ReadOnlySpan<byte> bytes)
    {
        var beside = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.tmp");
        File.WriteAllBytes(beside, bytes);
        File.Move(beside, path, overwrite: true);
    }
}
