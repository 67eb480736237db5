using System.Xml;
using System.Xml.Linq;

namespace Ketamine.Content.Images;

/// <summary>
/// Reads an SVG's size and refuses active content: a drawing is served from the site's origin, where a script in it would run as the site's own.
/// </summary>
internal static partial class SvgDrawing
{
    private static readonly string[] Active = ["script", "foreignObject", "iframe", "embed", "object", "audio", "video", "handler", "listener"];

    // Elements with text to read, aloud or in the drawing; nested elements are part of the outer one.
    private static readonly string[] Telling = ["text", "title", "desc"];

    /// <summary>The texts of a safe drawing: each text element with its spans, each title, and each description.</summary>
    public static ImmutableArray<(string Text, int Line)> Texts(byte[] bytes)
    {
        var texts = ImmutableArray.CreateBuilder<(string, int)>();
        var document = XDocument.Load(new MemoryStream(bytes), LoadOptions.SetLineInfo);
        foreach (var element in document.Descendants().Where(element => Telling.Contains(element.Name.LocalName, StringComparer.Ordinal)))
        {
            var words = string.Join(' ', element.DescendantNodes().OfType<XText>().Select(text => text.Value))
                .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0) texts.Add((string.Join(' ', words), ((IXmlLineInfo)element).LineNumber));
        }

        return texts.ToImmutable();
    }

    /// <summary>The size in CSS pixels; null, with the problems noted, if the file isn't a safe drawing.</summary>
    public static (int Width, int Height)? Read(byte[] bytes, Diagnostics notes)
    {
        var before = notes.Problems.Count;
        (int Width, int Height)? size = null;
        // No DTD: entities can make an XML file expand or read other files.
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 20_000_000 };
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(bytes), settings);
            var inStyle = false;
            while (reader.Read())
            {
                var line = ((IXmlLineInfo)reader).LineNumber;
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element:
                        if (reader.Depth > 200) throw new XmlException("elements nested more than 200 deep", null, line, 0);
                        var name = reader.LocalName;
                        inStyle = !reader.IsEmptyElement && name == "style";
                        if (Active.Contains(name, StringComparer.OrdinalIgnoreCase)) notes.Error(line, name, $"<{name}>", "a drawing without active content");
                        if (reader.Depth == 0)
                        {
                            if (name != "svg") notes.Error(line, name, $"<{Diagnostics.Shown(name)}>", "<svg> as the root element");
                            size = Size(reader);
                        }

                        Attributes(reader, name, line, notes);
                        break;
                    case XmlNodeType.EndElement:
                        inStyle = false;
                        break;
                    case XmlNodeType.Text or XmlNodeType.CDATA when inStyle:
                        Style(reader.Value, "style", line, notes);
                        break;
                    case XmlNodeType.ProcessingInstruction:
                        notes.Error(line, reader.Name, $"<?{Diagnostics.Shown(reader.Name)}?>", "a self-contained drawing");
                        break;
                }
            }
        }
        catch (XmlException bad)
        {
            notes.Error(
                bad.LineNumber,
                "SVG",
                bad.Message.Contains("DTD", StringComparison.Ordinal) ? "a DTD" : Diagnostics.Shown(bad.Message),
                "well-formed SVG without a DTD");
            return null;
        }

        if (size is null && notes.Problems.Count == before) notes.Error(1, "svg", "no size", "a viewBox, or width and height in pixels");
        return notes.Problems.Count == before ? size : null;
    }

    private static void Attributes(XmlReader reader, string element, int line, Diagnostics notes)
    {
        var animates = element is "animate" or "set" or "animateTransform";
        while (reader.MoveToNextAttribute())
        {
            var (name, value) = (reader.LocalName, reader.Value);
            if (reader.Prefix == "xmlns" || reader.Name == "xmlns") continue;
            if (name.StartsWith("on", StringComparison.OrdinalIgnoreCase)) notes.Error(line, name, "an event handler", "a drawing without active content");
            else if (name is "href" or "src" && !IsOwn(value)) notes.Error(line, name, Diagnostics.Quote(value), "a reference inside the same drawing (#id)");
            else if (name == "style") Style(value, name, line, notes);
            else if (value.Contains("url(", StringComparison.OrdinalIgnoreCase)) Style(value, name, line, notes);
            else if (animates
                && name == "attributeName"
                && (value.EndsWith("href", StringComparison.OrdinalIgnoreCase) || value.StartsWith("on", StringComparison.OrdinalIgnoreCase)))
                notes.Error(line, name, Diagnostics.Quote(value), "an animation of appearance only, not of links or event handlers");
        }

        reader.MoveToElement();
    }

    private static bool IsOwn(string value) =>
        value.TrimStart() is var text && (text.StartsWith('#') || InlineData().IsMatch(text));

    // A backslash in CSS can hide url and @import from any search, and no drawing needs one.
    private static void Style(string css, string key, int line, Diagnostics notes)
    {
        if (css.Contains("@import", StringComparison.OrdinalIgnoreCase) || css.Contains('\\', StringComparison.Ordinal)
            || Url().Matches(css).Any(match => !IsOwn(match.Groups[1].Value)))
            notes.Error(line, key, Diagnostics.Quote(css.Trim()), "styles that load nothing");
    }

    private static (int Width, int Height)? Size(XmlReader reader)
    {
        double? width = Pixels(reader.GetAttribute("width")), height = Pixels(reader.GetAttribute("height"));
        var box = (reader.GetAttribute("viewBox") ?? "").Split([' ', ',', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (box.Length == 4 && Pixels(box[2]) is { } boxWidth && Pixels(box[3]) is { } boxHeight)
        {
            if (width is null && height is null) (width, height) = (boxWidth, boxHeight);
            width ??= height * boxWidth / boxHeight;
            height ??= width * boxHeight / boxWidth;
        }

        return width is >= 0.5 and <= 65_535 && height is >= 0.5 and <= 65_535
            ? ((int)Math.Round(width.Value, MidpointRounding.AwayFromZero), (int)Math.Round(height.Value, MidpointRounding.AwayFromZero))
            : null;
    }

    private static double? Pixels(string? text) =>
        text is not null
        && double.TryParse(text.EndsWith("px", StringComparison.Ordinal) ? text[..^2] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && number > 0
            ? number
            : null;

    [GeneratedRegex(@"^data:(image/(png|jpeg|gif|webp)|font/woff2);base64,[A-Za-z0-9+/=\s]*$", RegexOptions.CultureInvariant)]
    private static partial Regex InlineData();

    [GeneratedRegex(@"url\(\s*[""']?([^)""']*)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Url();
}
