namespace Ketamine.Web.Web;

/// <summary>
/// Bundles many CSS files into one: a root file has the order of the layers and a list of <c>@import "file.css" layer(name);</c> lines, each of which is
/// replaced by its file. One request for the visitor, one file per component for developers.
/// </summary>
public static partial class Stylesheet
{
    /// <summary>Reads <paramref name="root"/> and its imports (relative to it, one level deep), and removes comments and indentation.</summary>
    /// <exception cref="FileNotFoundException">An imported file doesn't exist.</exception>
    /// <exception cref="FormatException">An import has another form, which the browser would request.</exception>
    public static string Bundle(string root)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(root))!;
        var css = Import().Replace(Read(root), import =>
            $"@layer {import.Groups["layer"].Value} {{\n{Read(Path.Combine(folder, import.Groups["file"].Value))}\n}}");
        return css.Contains("@import", StringComparison.Ordinal)
            ? throw new FormatException($"{root}: write imports as @import \"file.css\" layer(name);")
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
