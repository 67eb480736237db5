using System.Globalization;
using System.Text;

namespace Ketamine.Language;

/// <summary>Decodes a file's bytes as text, or reports why they aren't text.</summary>
public static class SourceText
{
    /// <summary>Largest YAML file that is read, in bytes.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Largest Markdown file that is read, in bytes. 30,000 words is a book, and Markdig needs quadratic time for endless brackets.</summary>
    public const int MaxMarkdownBytes = 200 << 10;

    public static int Limit(string path) => path.EndsWith(".md", StringComparison.Ordinal) ? MaxMarkdownBytes : MaxBytes;

    public static Diagnostic TooLarge(string path, long bytes) =>
        new(path, 0, "file", Size(bytes), Limit(path) == MaxBytes ? "split the file: the limit is 1 MB" : "split the text: the limit is 200 KB");

    private static string Size(long bytes) =>
        bytes < 1 << 20 ? $"{bytes >> 10} KB" : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024.0:0.0} MB");

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The text with every line ending as a line feed; null when a problem was reported.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes, Diagnostics notes)
    {
        if (bytes.Length > Limit(notes.File))
        {
            notes.Problems.Add(TooLarge(notes.File, bytes.Length));
            return null;
        }

        if (OtherProgram(bytes) is var (found, wanted))
        {
            notes.Error(1, "file", found, wanted);
            return null;
        }

        if (bytes.StartsWith(Encoding.UTF8.Preamble)) bytes = bytes[3..];
        else if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            notes.Error(1, "file", "UTF-16 text", "save the file again in UTF-8");
            return null;
        }

        string text;
        try
        {
            text = Strict.GetString(bytes);
        }
        catch (DecoderFallbackException bad)
        {
            var line = 1 + bytes[..Math.Clamp(bad.Index, 0, bytes.Length)].Count((byte)'\n');
            notes.Error(line, "file", "a character that isn't valid UTF-8", "save the file again in UTF-8");
            return null;
        }

        // Pasted text can contain Unicode line separators, vertical tabs, and form feeds. Editors don't break lines at them, so treat them as spaces.
        text = text.Replace("\r\n", "\n", StringComparison.Ordinal)
            .Replace('\r', '\n')
            .Replace('\u2028', ' ')
            .Replace('\u2029', ' ')
            .Replace('\u0085', ' ')
            .Replace('\f', ' ')
            .Replace('\v', ' ');
        const string delete = "delete it: put the cursor after it and press Backspace";
        if (ForbiddenAt(text) is >= 0 and var control)
        {
            notes.Error(1 + text.AsSpan(0, control).Count('\n'), "file", Forbidden(text)!, delete);
            return null;
        }

        if (ConflictAt(text) is { } conflict)
        {
            notes.Error(
                conflict,
                "file",
                "two versions of the same lines, which git couldn't combine",
                "keep the version that is right, and delete the lines that begin with <<<<<<<, =======, and >>>>>>>");
            return null;
        }

        // Phone numbers are copied with such marks, and read without them.
        if (text.AsSpan().IndexOfAnyInRange('\u202a', '\u202e') is >= 0 and var mark && Path.GetFileName(notes.File) != "clinic.yml")
            notes.Warn(1 + text.AsSpan(0, mark).Count('\n'), "file",
                $"the direction mark U+{(int)text[mark]:X4}, which is invisible and can show letters and figures in another order", delete);
        return text;
    }

    /// <summary>What a file of another program is, and what to do with it; null for anything else. Renaming a Word document doesn't make it a text.</summary>
    private static (string Found, string Wanted)? OtherProgram(ReadOnlySpan<byte> bytes)
    {
        var copy = "copy its words, and paste them as plain text into a new file of this name";
        if (bytes.StartsWith("PK\x03\x04"u8) || bytes.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]))
            return ("a document of Word, Pages, or a similar program under another name", $"open it in that program, {copy}");
        if (bytes.StartsWith(@"{\rtf"u8))
            return ("formatted text (RTF), as TextEdit and WordPad save it", "save it as plain text; in TextEdit: Format, Make Plain Text");
        if (bytes.StartsWith("%PDF-"u8)) return ("a PDF under another name", $"open it, {copy}");
        return null;
    }

    /// <summary>The line where git's marks of a conflict begin; null if there are none.</summary>
    private static int? ConflictAt(string text)
    {
        if (!text.Contains("<<<<<<< ", StringComparison.Ordinal)) return null;
        var lines = text.Split('\n');
        var begin = Array.FindIndex(lines, line => line.StartsWith("<<<<<<< ", StringComparison.Ordinal));
        var middle = begin < 0 ? -1 : Array.FindIndex(lines, begin, line => line.TrimEnd() == "=======");
        return middle > 0 && Array.FindIndex(lines, middle, line => line.StartsWith(">>>>>>> ", StringComparison.Ordinal)) > 0 ? begin + 1 : null;
    }

    /// <summary>The first character that no text contains and that XML forbids in feeds; null if there is none.</summary>
    public static string? Forbidden(string text) =>
        ForbiddenAt(text) is >= 0 and var at ? $"the control character U+{(int)text[at]:X4}, which is invisible" : null;

    private static int ForbiddenAt(string text)
    {
        for (var at = 0; at < text.Length; at++)
            if ((char.IsControl(text[at]) && text[at] is not ('\t' or '\n' or '\r' or '\u0085')) || text[at] is '\ufffe' or '\uffff') return at;
        return -1;
    }
}
