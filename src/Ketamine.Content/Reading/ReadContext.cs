using Ketamine.Content.Markdown;

namespace Ketamine.Content.Reading;

/// <summary>State shared by the readers of the folder's files during one read.</summary>
public sealed class ReadContext(FrozenDictionary<string, ContentFile> files, SafetyFacts? safety, ClinicFacts clinic)
{
    /// <summary>What texts can insert from clinic.yml.</summary>
    public ClinicFacts Facts { get; } = clinic;

    /// <summary>The facts of safety.yml; null if the folder has none.</summary>
    public SafetyFacts? Safety { get; } = safety;

    public FrozenDictionary<string, ContentFile> Files { get; } = files;

    /// <summary>The settings for rendering texts; complete once clinic.yml has been read.</summary>
    public RenderContext Setting { get; set; } = new(files, FrozenDictionary<string, Reference>.Empty, new MarkdownStrings("en"));

    /// <summary>Every piece of Markdown in the folder, for checks across all of them.</summary>
    public List<ProsePiece> Pieces { get; } = [];

    /// <summary>The medical director named in clinic.yml: a key of people.yml, which is read later.</summary>
    public NamedReference? MedicalDirector { get; set; }

    /// <summary>Who makes the first calls, named in clinic.yml: a key of people.yml.</summary>
    public NamedReference? CallsWith { get; set; }

    /// <summary>The navigation links of clinic.yml, which are checked once every page is known.</summary>
    public List<NamedReference> Navigation { get; } = [];

    /// <summary>Facts in the lists that expire.</summary>
    public List<DatedFact> DatedFacts { get; } = [];

    /// <summary>Reads an entry's last valid day from its <c>validUntil</c>.</summary>
    /// <param name="what">See <see cref="DatedFact.What"/>.</param>
    public void ValidUntil(MapReader map, Diagnostics notes, string what)
    {
        if (map.Day("validUntil") is { } until)
            DatedFacts.Add(new DatedFact(notes.File, map.LineOf("validUntil"), what, until));
    }

    /// <summary>A key's Markdown; null if absent.</summary>
    public Prose? Prose(MapReader map, string key, Diagnostics notes, string idPrefix)
    {
        if (ProsePiece.From(map, key, notes, idPrefix, Safety, Facts) is not { } piece) return null;
        Pieces.Add(piece);
        return piece.Prose(Setting);
    }

    /// <summary>A key's picture with its alternative text; null if absent or, with the problem noted, if the file doesn't exist.</summary>
    public Picture? Picture(MapReader map, string key, Diagnostics notes, string alt) =>
        map.Text(key) is { } source ? Picture(new NamedReference(source, map.LineOf(key)), key, notes, alt) : null;

    public Picture? Picture(NamedReference source, string key, Diagnostics notes, string alt)
    {
        if (FindFile(source.Name) is { Width: > 0 } file) return new Picture(file.Path, alt.Length > 0 ? alt : file.Alt, file.Width, file.Height);
        var near = NearPicture(source.Name);
        if (near is not null || !ShowsBroken(source.Name))
            notes.Error(source.Line, key, $"there is no picture {Diagnostics.Quote(source.Name)} in images/", PictureHint($"{key}: ", near));
        return null;
    }

    public ContentFile? FindFile(string source) => Links.Picture(source) is { } path ? Files.GetValueOrDefault(path) : null;

    /// <summary>The picture with the most similar name: other case, other extension, spaces for hyphens, or a typo; null if none is similar.</summary>
    public string? NearPicture(string source)
    {
        var name = Links.Picture(source) is { } path ? path["/images/".Length..] : source;
        var known = Files.Values.Where(file => file.Width > 0).Select(file => file.Path["/images/".Length..]).ToList();
        return known.Find(other => Plain(other) == Plain(name))
            ?? known.Find(other => Plain(Path.GetFileNameWithoutExtension(other)) == Plain(Path.GetFileNameWithoutExtension(name)))
            ?? NearestName.To(name, known);

        static string Plain(string name) => string.Concat(name.ToLowerInvariant().Where(char.IsLetterOrDigit));
    }

    public static string PictureHint(string before, string? near) =>
        near is null ? "put the picture in the images/ folder, or remove it from the text" : before + near;

    /// <summary>Whether a picture of that name exists but is faulty, which is reported for the picture itself: as an error, since it is to be shown.</summary>
    public bool ShowsBroken(string source)
    {
        if (!IsBroken(source)) return false;
        ShownBroken.Add(Links.Picture(source)![1..]);
        return true;
    }

    /// <summary>Like <see cref="ShowsBroken"/>, for a text that visitors don't see yet.</summary>
    public bool IsBroken(string source) => Links.Picture(source) is { } path && Broken.Contains(path);

    /// <summary>Faulty pictures that visitors would miss, by path in the folder.</summary>
    public HashSet<string> ShownBroken { get; } = [];

    /// <summary>Addresses of files under images/ that can't be shown.</summary>
    public HashSet<string> Broken { get; init; } = [];
}
