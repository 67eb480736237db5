using System.Collections.Frozen;
using System.Reflection;

namespace Ketamine.Web.Features.Search;

/// <summary>
/// Words that are common in any talk ("first," "time," "show"), from common-words.txt. A page that happens to have one isn't about it, however rare
/// the word is on these pages.
/// </summary>
internal static class CommonWords
{
    /// <summary>Folded, and not stemmed.</summary>
    public static FrozenSet<string> All { get; } = Read();

    private static FrozenSet<string> Read()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("common-words.txt")
            ?? throw new InvalidOperationException("common-words.txt is not in the assembly");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
