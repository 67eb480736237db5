namespace Ketamine.Web.Ops;

/// <summary>
/// The characters of an export, decoded by the WHATWG Encoding Standard, which reads ISO-8859-1 as windows-1252. Drops characters that XML forbids
/// and anything before the XML declaration: old blogs contain stray control characters.
/// </summary>
internal sealed partial class ExportSource : TextReader
{
    private const int Head = 256;
    private readonly StreamReader _reader;
    private bool _begun;

    /// <exception cref="FormatException">The file declares an unknown encoding.</exception>
    public ExportSource(Stream stream)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        var head = new byte[Head];
        var read = stream.ReadAtLeast(head, Head, throwOnEndOfStream: false);
        stream.Seek(0, SeekOrigin.Begin);
        _reader = new StreamReader(stream, EncodingOf(Encoding.Latin1.GetString(head, 0, read)), detectEncodingFromByteOrderMarks: true);
    }

    /// <summary>How many characters have been dropped so far.</summary>
    public int Dropped { get; private set; }

    public override int Peek()
    {
        Skip();
        return _reader.Peek();
    }

    public override int Read()
    {
        Skip();
        return _reader.Read();
    }

    public override int Read(char[] buffer, int index, int count)
    {
        var written = 0;
        while (written < count && Read() is >= 0 and var next) buffer[index + written++] = (char)next;
        return written;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _reader.Dispose();
        base.Dispose(disposing);
    }

    private void Skip()
    {
        for (var next = _reader.Peek(); next >= 0; next = _reader.Peek())
        {
            if (!_begun && char.IsWhiteSpace((char)next)) _ = _reader.Read();
            else if (IsForbidden((char)next))
            {
                _ = _reader.Read();
                Dropped++;
            }
            else
            {
                _begun = true;
                return;
            }
        }
    }

    /// <summary>Characters that XML forbids: control characters except tabs and line ends, and two noncharacters (XML 1.0, 2.2).</summary>
    public static bool IsForbidden(char c) => c is < ' ' and not ('\t' or '\n' or '\r') or '\ufffe' or '\uffff';

    private static Encoding EncodingOf(string head)
    {
        if (Declared().Match(head) is not { Success: true } declared) return Encoding.UTF8;
        var label = declared.Groups[1].Value.ToLowerInvariant();
        // https://encoding.spec.whatwg.org/#names-and-labels
        if (label is "iso-8859-1" or "iso8859-1" or "latin1" or "l1" or "us-ascii" or "ascii" or "cp1252" or "windows-1252") label = "windows-1252";
        // A program wrote UTF-8 and left its own encoding in the declaration: in UTF-16, the declaration couldn't have been read.
        if (label.StartsWith("utf-16", StringComparison.Ordinal) || label.StartsWith("utf-32", StringComparison.Ordinal) || label is "unicode" or "ucs-2")
            return Encoding.UTF8;
        if (label is "iso-8859-9" or "latin5") label = "windows-1254";
        try
        {
            return Encoding.GetEncoding(label);
        }
        catch (Exception unknown) when (unknown is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"the encoding \"{label}\" is unknown; save the file as UTF-8", unknown);
        }
    }

    [GeneratedRegex(@"^\s*(?:ï»¿)?\s*<\?xml[^>]*?\bencoding\s*=\s*[""']([\w.:-]+)[""']", RegexOptions.IgnoreCase)]
    private static partial Regex Declared();
}
