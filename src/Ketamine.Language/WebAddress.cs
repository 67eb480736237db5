using System.Diagnostics.CodeAnalysis;

#pragma warning disable RS0030 // Uri.TryCreate is banned everywhere else

namespace Ketamine.Language;

/// <summary>
/// Reads addresses that someone typed or sent. <see cref="Uri.TryCreate(string, UriKind, out Uri)"/> throws on some of them instead of returning false, such
/// as a slash, a backslash, and an invisible letter (U+202E) on Unix.
/// </summary>
public static class WebAddress
{
    /// <summary>Reads an absolute address; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Uri? address) =>
        Try(() => Uri.TryCreate(text, UriKind.Absolute, out var read) ? read : null, out address);

    /// <summary>Reads an address that may be relative to <paramref name="page"/>; false for anything else.</summary>
    public static bool TryParse(Uri page, [NotNullWhen(true)] string? text, [NotNullWhen(true)] out Uri? address) =>
        Try(() => Uri.TryCreate(page, text, out var read) ? read : null, out address);

    private static bool Try(Func<Uri?> read, [NotNullWhen(true)] out Uri? address)
    {
        try
        {
            address = read();
        }
        catch (IndexOutOfRangeException)
        {
            address = null;
        }

        return address is not null;
    }
}
