using System.Text;
using System.Text.RegularExpressions;

namespace Ketamine.Web.Web;

/// <summary>
/// Makes one file of CSS out of many: a root file holds the order of the layers and a list of
/// <c>@import "file.css" layer(name);</c>, and each file takes the place of its line. One request for the visitor, one file a component here.
/// </summary>
public static partial class Stylesheet
{
    /// <summary>Reads <paramref name="root"/> and what it imports (relative to it, one level deep); comments and indentation fall away.</summary>
    /// <exception cref="FileNotFoundException">An imported file is not there.</exception>
    /// <exception cref="FormatException">An import is written in another form, and would be asked for by the browser.</exception>
    public static string Bundle(string root)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(root))!;
        var css = Import().Replace(Read(root), import =>
            $"@layer {import.Groups["layer"].Value} {{\n{Read(Path.Combine(folder, import.Groups["file"].Value))}\n}}");
        return css.Contains("@import", StringComparison.Ordinal)
            ? throw new FormatException($"{root}: an import is wanted as @import \"file.css\" layer(name);")
            : css;
    }

    private static string Read(string file)
    {
        var text = new StringBuilder();
        foreach (var line in Comment().Replace(File.ReadAllText(file), "").Split('\n'))
        {
            if (line.AsSpan().Trim() is { Length: > 0 } kept) text.Append(kept).Append('\n');
        }

        return text.ToString().TrimEnd();
    }

    [GeneratedRegex("""@import\s+"(?<file>[^"]+)"\s+layer\((?<layer>[\w-]+)\)\s*;""", RegexOptions.CultureInvariant)]
    private static partial Regex Import();

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Comment();
}
