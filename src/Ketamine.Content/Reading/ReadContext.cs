using System.Collections.Frozen;
using Ketamine.Content.Markdown;

namespace Ketamine.Content.Reading;

/// <summary>What the readers of the folder's files share during one reading.</summary>
public sealed class ReadContext(FrozenDictionary<string, ContentFile> files, SafetyFacts? safety = null)
{
    /// <summary>Of safety.yml; null where the folder has none.</summary>
    public SafetyFacts? Safety { get; } = safety;

    public FrozenDictionary<string, ContentFile> Files { get; } = files;

    /// <summary>What texts are rendered with; complete once clinic.yml has been read.</summary>
    public RenderContext Setting { get; set; } = new(files, FrozenDictionary<string, Reference>.Empty, new MarkdownStrings("en"));

    /// <summary>Every piece of Markdown in the folder, for checks that need all of it.</summary>
    public List<ProsePiece> Pieces { get; } = [];

    /// <summary>The Markdown of a key; null where absent.</summary>
    public Prose? Prose(MapReader map, string key, Diagnostics notes, string idPrefix)
    {
        if (ProsePiece.From(map, key, notes, idPrefix, Safety) is not { } piece) return null;
        Pieces.Add(piece);
        return piece.Prose(Setting);
    }

    /// <summary>The picture of a key, with its alternative text; null where absent or, with the problem noted, where there is no such file.</summary>
    public Picture? Picture(MapReader map, string key, Diagnostics notes, string alt) =>
        map.Text(key) is { } source ? Picture(new NamedReference(source, map.LineOf(key)), key, notes, alt) : null;

    public Picture? Picture(NamedReference source, string key, Diagnostics notes, string alt)
    {
        if (FindFile(source.Name) is { Width: > 0 } file) return new Picture(file.Path, alt.Length > 0 ? alt : file.Alt, file.Width, file.Height);
        notes.Error(source.Line, key, Diagnostics.Quote(source.Name), $"a picture under images/{HintFor(source.Name)}");
        return null;
    }

    public ContentFile? FindFile(string source) => Links.Picture(source) is { } path ? Files.GetValueOrDefault(path) : null;

    public string HintFor(string source) => NearestName.Hint(source, Files.Keys.Select(path => path["/images/".Length..]));
}
