using Ketamine.Content.Reading;

namespace Ketamine.Web.Ops;

/// <summary>
/// <c>content adopt FOLDER</c>: turns a copy of the sample, or of another clinic's folder, into a clinic's own. Removes what must not be copied:
/// signatures, people, reviews, old addresses, cards, and logo. Replaces the other clinic's details with this one's, or with a mark to fill in.
/// </summary>
internal sealed partial class ContentAdopt
{
    private static readonly string[] Gone = ["reviews.yml", "redirects.yml", Acknowledgement.List, RiskFile.File];
    private static readonly string[] Signature = ["reviewedBy", "reviewed", "reviewHash", "reviewAcknowledged", "reviewCredentials", "aliases"];

    private readonly string _folder;
    private readonly NewClinic _new;
    private readonly TextWriter _output;
    private readonly LocalDate _today;
    private readonly SiteContent _old;
    private readonly List<(Regex Old, string New)> _names = [];

    private ContentAdopt(string folder, NewClinic clinic, SiteContent old, LocalDate today, TextWriter output) =>
        (_folder, _new, _old, _today, _output) = (folder, clinic, old, today, output);

    /// <summary>Changes the folder in place and lists what was removed. Returns 1, with the reason, if that isn't possible.</summary>
    public static int Run(string folder, NewClinicOptions given, TextReader? input, TextWriter output, TimeProvider clock)
    {
        var reading = new ContentFolder(folder, clock).Read();
        if (reading.Partial is not { } old || !File.Exists(Path.Combine(folder, "clinic.yml")))
        {
            output.WriteLine($"{folder} has no clinic.yml. Copy a clinic's folder there first, or create one from scratch with Ketamine.Web new FOLDER.");
            return 1;
        }

        // Before the first change: a folder that is half adopted is worse than one that isn't.
        var unread = reading.Problems.Where(problem => problem is { Key: "file", Severity: DiagnosticSeverity.Error });
        if (unread.FirstOrDefault(problem => Path.GetExtension(problem.File) is ".md" or ".yml") is { } odd)
        {
            output.WriteLine($"{odd.ToMessage()}. Nothing was changed.");
            return 1;
        }

        try
        {
            var clinic = NewClinic.Ask(folder, given, input, output);
            if (string.Equals(clinic.Name, old.Clinic.Name, StringComparison.OrdinalIgnoreCase))
            {
                output.WriteLine($"This folder already belongs to {old.Clinic.Name}. Use --name to give your clinic's name.");
                return 1;
            }

            var today = clock.GetUtcNow().InZone(DateTimeZoneProviders.Tzdb[clinic.Zone]).Date;
            new ContentAdopt(folder, clinic, old, today, output).Adopt();
        }
        catch (Exception wrong) when (wrong is FormatException or IOException or UnauthorizedAccessException)
        {
            output.WriteLine(wrong.Message);
            return 1;
        }

        NewCommand.SayWhatIsLeft(folder, output);
        return 0;
    }

    private void Adopt()
    {
        FindNames();
        foreach (var file in Gone.Where(file => File.Exists(Path.Combine(_folder, file))))
        {
            File.Delete(Path.Combine(_folder, file));
            Say(file, "removed");
        }

        if (Directory.Exists(Path.Combine(_folder, "images", "cards")))
        {
            Directory.Delete(Path.Combine(_folder, "images", "cards"), recursive: true);
            Say("images/cards", "removed; content cards draws your own");
        }

        Write("people.yml", Starter.Fill(Starter.Read("people.yml"), _new, _today));
        Say("people.yml", "for you to add your own people");
        Clinic();
        var lists = Directory
            .EnumerateFiles(_folder, "*.yml")
            .Select(Path.GetFileName)
            .OfType<string>()
            .Except(["clinic.yml", "people.yml", "bibliography.yml", "claims.yml"])
            .Order(StringComparer.Ordinal);
        foreach (var list in lists)
            ListOfTexts(list);
        var files = new[] { "articles", "pages", "services" }
            .Where(folder => Directory.Exists(Path.Combine(_folder, folder)))
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(_folder, folder), "*.md"))
            .Order(StringComparer.Ordinal);
        foreach (var file in files)
            Text(Path.GetRelativePath(_folder, file).Replace('\\', '/'));
        if (File.Exists(Path.Combine(_folder, "images", "LICENSES.md"))) ListOfTexts("images/LICENSES.md");
        foreach (var file in Starter.Files().Where(file => file.StartsWith(".schemas/", StringComparison.Ordinal)))
        {
            Write(file, Starter.Read(file));
            // Lets VS Code complete and explain the list's keys.
            var list = Path.GetFileNameWithoutExtension(file) + ".yml";
            if (File.Exists(Path.Combine(_folder, list))
                && RegularFile.ReadText(Path.Combine(_folder, list)) is var text
                && !text.StartsWith("# yaml-language-server", StringComparison.Ordinal))
                Write(list, $"# yaml-language-server: $schema={file}\n{text}");
        }
    }

    /// <summary>What identifies the other clinic, longest first, with its replacement.</summary>
    private void FindNames()
    {
        var old = _old.Clinic;
        void Name(string? was, string now)
        {
            if (was is { Length: > 3 })
                _names.Add(
                    (
                        new Regex(
                            $@"(?<![\w]){Regex.Escape(was).Replace("&", "(?:&|&amp;)", StringComparison.Ordinal)}(?![\w])",
                            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant),
                        now));
        }

        Name(old.LegalName == old.Name ? null : old.LegalName, _new.Name);
        Name(old.Name, _new.Name);
        Name(old.DiscreetName == old.Name ? null : old.DiscreetName, _new.Name);
        foreach (var phone in old.Locations.Select(place => place.Phone).Append(old.Phone).OfType<PhoneNumber>().Distinct())
        {
            // First with the link around it.
            _names.Add(
                (
                    new Regex($@"\[[^\]\n]*\]\({Regex.Escape(phone.Href)}\)"),
                    _new.Phone is { } own ? $"[{own.National}]({own.Href})" : "[[Write: your phone number]]"));
            Name(phone.E164, _new.Phone?.E164 ?? "[[Write: your phone number]]");
            _names.Add((new Regex(Regex.Escape(phone.National)), _new.Phone?.National ?? "[[Write: your phone number]]"));
        }

        if (old.Email is { } email)
        {
            _names.Add(
                (
                    new Regex($@"\[[^\]\n]*\]\(mailto:{Regex.Escape(email.ToString())}\)"),
                    _new.Email is { } own ? $"[{own}](mailto:{own})" : "[[Write: your email]]"));
            Name(email.ToString(), _new.Email?.ToString() ?? "[[Write: your email]]");
        }

        // Texts take both from clinic.yml, which may not have them yet.
        if (_new.Phone is null) _names.Add((new Regex(@"\{\{\s*phone\s*\}\}"), "[[Write: your phone number]]"));
        if (_new.Email is null) _names.Add((new Regex(@"\{\{\s*email\s*\}\}"), "[[Write: your email]]"));
        Name(old.Url.Host, new Uri(_new.Origin).Host);
        foreach (var place in old.Locations.Select(place => place.Address).Append(old.Address).OfType<PostalAddress>().Distinct())
        {
            Name(place.Street, "[[Write: street, number and suite]]");
            // Directions and maps use only the street name: "2140 Larkspur Street, Suite 3" is on "Larkspur Street".
            if (place.Street.Split(',')[0].TrimStart("0123456789 ".ToCharArray()) is { Length: > 4 } street) Name(street, "[[Write: your street]]");
            if (!string.Equals(place.City, _new.City, StringComparison.OrdinalIgnoreCase)) Name(place.City, _new.City);
        }
    }

    private string Renamed(string text) =>
        _names.Aggregate(text, (changed, name) => name.Old.Replace(changed, name.New.Replace("$", "$$", StringComparison.Ordinal)));

    /// <summary>Keeps the hours, the free call, and the rest; takes the clinic's identity from the answers.</summary>
    private void Clinic()
    {
        var lines = RegularFile.ReadText(Path.Combine(_folder, "clinic.yml")).ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').ToList();
        var rest = WithoutKeys(
            lines,
            [
                "name", "legalName", "url", "timeZone", "phone", "email", "address", "geo", "social", "logo", "sample", "published",
                "areasServed", "locations", "hours", "insurance",
            ]);
        rest.RemoveAll(line => CallsWith().IsMatch(line)); // someone in the other clinic's people.yml
        var own = new StringBuilder("# yaml-language-server: $schema=.schemas/clinic.json\n");
        var starter = Starter.ClinicYml(_new).Split('\n');
        var kept = new[] { "name", "url", "timeZone", "phone", "email", "address", "hours" };
        for (var index = 0; index < starter.Length; index++)
        {
            if (TopKey().Match(starter[index]) is not { Success: true } key || !kept.Contains(key.Groups[1].Value)) continue;
            own.Append(starter[index]).Append('\n');
            for (var next = index + 1; next < starter.Length && starter[next].StartsWith(' '); next++) own.Append(starter[next]).Append('\n');
        }

        var words = Replaced(
            Renamed(string.Join('\n', rest.Where(line => !line.StartsWith("# yaml-language-server", StringComparison.Ordinal)))),
            "clinic.yml");
        Write(
            "clinic.yml",
            $"{own}\n{words}\n\n# Search engines may not index the site until this is true. content check --publish lists what is missing.\npublished: false\n"
        );
        Say("clinic.yml", $"{_new.Name}; your hours and address; the free call and the rest are unchanged");
    }

    private void ListOfTexts(string file)
    {
        var before = RegularFile.ReadText(Path.Combine(_folder, file));
        var after = file.EndsWith(".yml", StringComparison.Ordinal) ? Replaced(Renamed(before), file) : Renamed(before);
        if (after == before) return;
        Write(file, after);
        Say(file, "replaced names and what was true only of the other clinic");
    }

    /// <summary>Replaces each list value that mentions a sample with a mark, in full: half a sentence is worse than none.</summary>
    private static string Replaced(string text, string file)
    {
        var notes = new Diagnostics(file);
        var spans = new List<FileSpan>();
        Find(Yaml.Read(text, notes));
        if (spans.Count == 0) return text;
        var lines = text.Split('\n').ToList();
        foreach (var span in spans.OrderByDescending(span => span.StartLine))
        {
            // A folded scalar ends where the next key begins, or at the end of the file.
            var end = span.EndColumn == 0 && span.EndLine > span.StartLine ? span.EndLine - 1 : span.EndLine;
            end = Math.Min(end, lines.Count);
            while (end > span.StartLine && lines[end - 1].Trim().Length == 0) end--;
            var first = lines[span.StartLine - 1];
            lines.RemoveRange(span.StartLine - 1, end - span.StartLine + 1);
            lines.Insert(span.StartLine - 1, first[..span.StartColumn] + "\"[[Write: this, for your own clinic]]\"");
        }

        return string.Join('\n', lines);

        void Find(YamlValue? value)
        {
            switch (value)
            {
                case YamlText sample when SampleWords().IsMatch(sample.Text): spans.Add(sample.Span); break;
                case YamlList list: foreach (var item in list.Items) Find(item); break;
                case YamlMap map: foreach (var entry in map.Entries) Find(entry.Value); break;
            }
        }
    }

    private void Text(string file)
    {
        var source = RegularFile.ReadText(Path.Combine(_folder, file)).ReplaceLineEndings("\n");
        var lines = source.Split('\n').ToList();
        var close = lines.FindIndex(1, line => line.TrimEnd() == "---");
        if (lines[0] != "---" || close < 0) return;
        var front = WithoutKeys(lines[1..close], Signature);
        var signed = front.Count < close - 1;
        for (var index = 0; index < front.Count; index++)
        {
            if (TopKey().Match(front[index]).Groups[1].Value == "authors")
            {
                front[index] = "authors: [clinical-team]";
                while (index + 1 < front.Count && (front[index + 1].StartsWith(' ') || front[index + 1].StartsWith("- ", StringComparison.Ordinal)))
                    front.RemoveAt(index + 1);
            }
            else if (SampleWords().IsMatch(front[index]) && TopKey().Match(front[index]) is { Success: true } key)
                front[index] = $"{key.Groups[1].Value}: \"[[Write: this, for your own clinic]]\"";
        }

        var body = SampleCallout().Replace(string.Join('\n', lines[(close + 1)..]), "");
        var paragraphs = Renamed(body).Split('\n').Select(line => SampleWords().IsMatch(line) ? Marked(line) : line);
        var after = $"---\n{Renamed(string.Join('\n', front))}\n---\n{string.Join('\n', paragraphs)}";
        if (after == source) return;
        Write(file, after);
        Say(file, signed ? "review removed; names and people replaced" : "names and people replaced");
    }

    // Keep the marker of a list item, definition, or quotation.
    private static string Marked(string line) => ListMark().Match(line).Value + "[[Write: this paragraph, for your own clinic]]";

    private static List<string> WithoutKeys(List<string> lines, string[] keys)
    {
        var kept = new List<string>();
        for (var index = 0; index < lines.Count; index++)
        {
            if (!keys.Contains(TopKey().Match(lines[index]).Groups[1].Value))
            {
                kept.Add(lines[index]);
                continue;
            }

            while (index + 1 < lines.Count && (lines[index + 1].StartsWith(' ') || lines[index + 1].StartsWith("- ", StringComparison.Ordinal))) index++;
        }

        return kept;
    }

    private void Write(string file, string text)
    {
        var target = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        WholeFile.Write(target, text);
    }

    private void Say(string file, string what) => _output.WriteLine($"  {file}: {what}");

    [GeneratedRegex("^ +with: ")]
    private static partial Regex CallsWith();

    [GeneratedRegex(@"^([A-Za-z][\w-]*):")]
    private static partial Regex TopKey();

    [GeneratedRegex(@"^\s*(?:[-*] |\d+\. |: {1,3}|> )?")]
    private static partial Regex ListMark();

    [GeneratedRegex(@"^::: .*\bsample\b.*\n(?:(?!:::\n).*\n)*:::\n+", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex SampleCallout();

    /// <summary>Phrases with which a made-up clinic says that it is made up.</summary>
    [GeneratedRegex(
        @"\b(?:a|the|this) sample\b|\bsample (?:clinic|text|director|site|company)\b|"
            + @"\bmade[- ]up\b|\bnot a (?:company|named person)\b|\bdoes(?: not|n['’]t) exist\b|\ba real (?:one|clinic)\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SampleWords();
}
