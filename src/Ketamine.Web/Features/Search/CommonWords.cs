using System.Collections.Frozen;
using System.Reflection;

namespace Ketamine.Web.Features.Search;

/// <summary>
/// Everyday words ("first," "time," "show"), from common-words.txt. A page that contains one isn't about it, even if the word is rare on the site.
/// </summary>
internal static class CommonWords
{
    /// <summary>Folded but not stemmed.</summary>
    public static FrozenSet<string> All { get; } = Read();

    private static FrozenSet<string> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("common-words.txt")
            ?? throw new InvalidOperationException("common-words.txt is not in the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
