namespace Ketamine.Content.Reading;

/// <summary>One fact in safety.yml: a contraindication, an interaction, a warning, or something to watch for.</summary>
/// <param name="Kind">One of <see cref="SafetyFacts.Kinds"/>.</param>
/// <param name="Drugs">The drugs that it applies to; never empty.</param>
/// <param name="Text">Markdown, one paragraph, in full.</param>
/// <param name="Brief">A few words, for lists.</param>
/// <param name="Sources">Keys of bibliography.yml; empty for the clinic's own rule.</param>
public sealed record SafetyItem(string Key, string Kind, ImmutableArray<string> Drugs, string Text, string Brief, ImmutableArray<string> Sources);

/// <summary>
/// The clinic's safety information, kept in one place, <c>safety.yml</c>. Texts insert it with a line such as
/// <c>{{safety no esketamine brief}}</c>, so two pages can't disagree.
/// </summary>
public sealed partial record SafetyFacts
{
    public const string File = "safety.yml";

    /// <summary>The drugs that a fact can be about.</summary>
    public static readonly ImmutableArray<string> AllDrugs = ["ketamine", "esketamine"];

    /// <summary>
    /// no: not treated. caution: assessed first. tell: medications to tell the clinic about. risk: what can go wrong. emergency: call 911. watch:
    /// call the clinic. label: what the label says.
    /// </summary>
    public static readonly ImmutableArray<string> Kinds = ["no", "caution", "tell", "risk", "emergency", "watch", "label"];

    // Contraindications in section 4 of the US labels of ketamine injection and Spravato, which every clinic's list must have.
    private static readonly (string Drug, string Key, string What)[] OnTheLabel =
    [
        ("ketamine", "allergy", "an allergy to ketamine (section 4 of its label)"),
        ("ketamine", "blood-pressure", "people for whom a jump in blood pressure would be dangerous (section 4 of its label)"),
        ("esketamine", "allergy", "an allergy to esketamine or ketamine (section 4 of Spravato's label)"),
        ("esketamine", "vessels", "aneurysms and arteriovenous malformations (section 4 of Spravato's label)"),
        ("esketamine", "brain-bleed", "a past bleed in the brain (section 4 of Spravato's label)"),
    ];

    /// <summary>In the file's order.</summary>
    public ImmutableArray<SafetyItem> Items { get; private init; } = [];

    /// <summary>The items that expire.</summary>
    public ImmutableArray<DatedFact> DatedFacts { get; private init; } = [];

    /// <summary>The line before a brief list, by kind.</summary>
    public FrozenDictionary<string, string> Intros { get; private init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>By drug, the items that every text with a section on its risks must include. Separate from the items, so deletions are noticed.</summary>
    public FrozenDictionary<string, ImmutableArray<string>> Carry { get; private init; } = FrozenDictionary<string, ImmutableArray<string>>.Empty;

    public static SafetyFacts Read(YamlValue? root, Diagnostics notes)
    {
        var map = MapReader.Root(root, notes);
        var intros = map.Map("intros");
        var carry = map.Map("carry");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var dated = new List<DatedFact>();
        var facts = new SafetyFacts
        {
            Intros = Kinds
                .Select(kind => (kind, Text: intros?.Text(kind, 300)))
                .Where(intro => intro.Text is not null)
                .ToFrozenDictionary(intro => intro.kind, intro => intro.Text!, StringComparer.Ordinal),
            Carry = AllDrugs
                .Select(drug => (drug, Keys: carry?.Texts(drug) ?? []))
                .ToFrozenDictionary(entry => entry.drug, entry => entry.Keys.Select(key => key.Text).ToImmutableArray(), StringComparer.Ordinal),
            Items = [.. map.Maps("items").Select(item => Item(item, seen, dated)).ToList()],
        };
        facts = facts with { DatedFacts = [.. dated] };
        intros?.Close();
        carry?.Close();
        map.Close();
        foreach (var drug in AllDrugs)
        {
            foreach (var key in facts.Carry[drug].Where(key => !facts.Items.Any(item => item.Key == key && item.Drugs.Contains(drug))))
                (carry ?? map).Wrong(
                    drug,
                    $"there is no item for {drug} with the key {Diagnostics.Quote(key)}",
                    NearestName.To(key, facts.Items.Select(item => item.Key).ToList()) is { } near
                        ? $"{drug}: [{near}]"
                        : $"- key: {key} (under items, with kind, drugs, and text)");
        }

        foreach (var (drug, key, what) in OnTheLabel.Where(must => !facts.Carry[must.Drug].Contains(must.Key)))
            (carry ?? map).Wrong(drug, $"{key} is missing: {what}", $"{drug}: [{string.Join(", ", facts.Carry[drug].Append(key))}]");
        return facts;
    }

    private static SafetyItem Item(MapReader map, HashSet<string> seen, List<DatedFact> dated)
    {
        var key = map.RequiredValue<Slug>("key", Slug.TryParse, "lowercase words joined by hyphens, e.g. brain-bleed").ToString();
        if (key.Length > 0 && !seen.Add(key)) map.Wrong("key", $"{key} is used twice", $"key: {key}-2, or another that is free");
        if (Kinds.Contains(key) || AllDrugs.Contains(key) || key == BriefWord)
            map.Wrong("key", $"{key} has a special meaning in {{{{safety …}}}}", $"key: {key}-item, or another name");
        if (!map.Has("kind")) map.Wrong("kind", "missing", $"kind: {string.Join(", ", Kinds)} (one of them)");
        var kind = map.OneOf("kind", [.. Kinds]) ?? "risk";
        var drugs = map.Texts("drugs");
        foreach (var drug in drugs.Where(drug => !AllDrugs.Contains(drug.Text)))
            map.Wrong(
                "drugs",
                $"{Diagnostics.Quote(drug.Text)} is neither {string.Join(" nor ", AllDrugs)}",
                $"drugs: [{NearestName.To(drug.Text, AllDrugs) ?? string.Join(", ", AllDrugs)}]");
        var text = map.Required("text", 2000);
        var item = new SafetyItem(
            key,
            kind,
            drugs.IsEmpty ? AllDrugs : [.. drugs.Select(drug => drug.Text)],
            string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
            map.Text("brief", 200) ?? "",
            [.. map.Texts("sources").Select(source => source.Text)]);
        if (item.Brief.Length == 0 && kind is "no" or "tell" or "emergency" or "watch")
            map.Wrong("brief", $"missing: lists of kind {kind} consist of these", "brief: the same in a few words");
        if (map.Day("validUntil") is { } until)
            dated.Add(new DatedFact(File, map.LineOf("validUntil"), $"the item {key}", until));
        map.Close();
        return item;
    }

    /// <summary>A piece of Markdown with its safety lines expanded.</summary>
    /// <param name="safety">Null if the folder has no safety.yml.</param>
    /// <param name="error">Takes the 0-based line in the piece, what was found, and what was expected.</param>
    public static SafetyExpansion Expand(string markdown, SafetyFacts? safety, Action<int, string, string> error)
    {
        if (!markdown.Contains("{{", StringComparison.Ordinal)) return new SafetyExpansion(markdown, [], [], [], []);
        var until = new List<(int, LocalDate)>();
        var text = new StringBuilder(markdown.Length * 2);
        var (lines, carried, directives) = (new List<int>(), new List<(string, string)>(), new HashSet<int>());
        var number = 0;
        foreach (var line in markdown.Split('\n'))
        {
            var drawn = !line.Contains("{{", StringComparison.Ordinal) ? [line]
                : Directive().Match(line) is { Success: true } match
                ? Drawn(match.Groups["words"].Value, number)
                : [Until().Replace(line, mark => Ends(mark, number))];
            foreach (var part in drawn)
            {
                text.Append(part).Append('\n');
                lines.Add(number);
            }

            number++;
        }

        return new SafetyExpansion(text.ToString(0, text.Length - 1), [.. lines], [.. carried], [.. directives], [.. until]);

        // The mark is for editors: readers see the sentence without it.
        string Ends(Match mark, int at)
        {
            if (DateParser.TryParseDate(mark.Groups["date"].Value, out var date)) until.Add((at, date));
            else error(at, Diagnostics.Quote(mark.Value), "{{until 2026-12-31}}: the last day on which the sentence is true");
            return "";
        }

        IEnumerable<string> Drawn(string words, int at)
        {
            directives.Add(at);
            if (safety is null)
            {
                error(at, "{{safety …}} in a folder without safety.yml", "a safety.yml to take it from");
                return [""];
            }

            return safety.Lines(words.Split(' ', StringSplitOptions.RemoveEmptyEntries), (found, wanted) => error(at, found, wanted), carried);
        }
    }

    private List<string> Lines(string[] words, Action<string, string> error, List<(string Key, string Drug)> carried)
    {
        var known = Kinds.Concat(Items.Select(item => item.Key)).Concat(AllDrugs).Append(BriefWord).ToList();
        foreach (var word in words.Where(word => !known.Contains(word)))
            error(
                Diagnostics.Quote(word),
                $"a kind ({string.Join(", ", Kinds)}), an item's key, {string.Join(" or ", AllDrugs)}, or {BriefWord}{NearestName.Hint(word, known)}");
        var drug = words.FirstOrDefault(word => AllDrugs.Contains(word));
        var items = Items.Where(item => (words.Contains(item.Kind) || words.Contains(item.Key)) && (drug is null || item.Drugs.Contains(drug))).ToList();
        if (items.Count == 0)
        {
            error(Diagnostics.Quote(string.Join(' ', words)), "words that match at least one item in safety.yml");
            return [""];
        }

        foreach (var item in items) carried.AddRange((drug is null ? item.Drugs : [drug]).Select(each => (item.Key, each)));
        if (!words.Contains(BriefWord))
            return [.. items.Select(item => "- " + item.Text.TrimEnd() + (item.Text.Contains("[@", StringComparison.Ordinal) ? "" : Cited(item.Sources)))];

        var intro = Intros.GetValueOrDefault(items[0].Kind, "").Replace("{drug}", drug ?? "ketamine or esketamine", StringComparison.Ordinal);
        var sources = Cited([.. items.SelectMany(item => item.Sources).Distinct(StringComparer.Ordinal)]);
        // The mark can be in bold, as in **Call 911 for:**, and then it isn't written again.
        var marked = intro.EndsWith('*') && intro.TrimEnd('*').EndsWith(':');
        var first = marked ? intro + sources : intro.TrimEnd(':', '.', ' ') + sources + (intro.EndsWith(':') ? ":" : ".");
        return ["- " + first, .. items.Select(item => "  - " + item.Brief)];
    }

    private static string Cited(ImmutableArray<string> sources) => sources.IsEmpty ? "" : $" [@{string.Join("; @", sources)}]";

    private const string BriefWord = "brief";

    [GeneratedRegex(@"\s*\{\{\s*until\s+(?<date>[^{}\s]*)\s*\}\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Until();

    [GeneratedRegex(@"^\s*(?:-\s+)?\{\{\s*safety\s+(?<words>[^{}]*?)\s*\}\}\s*$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Directive();
}

/// <summary>Markdown whose safety lines have been expanded.</summary>
/// <param name="Lines">The 0-based source line of each line of <paramref name="Markdown"/>; empty if nothing was expanded.</param>
/// <param name="Carried">The items that the piece includes, each with the drug that it is for.</param>
/// <param name="Directives">The 0-based lines that were replaced.</param>
/// <param name="Until">The 0-based lines with a sentence that expires.</param>
public sealed record SafetyExpansion(
    string Markdown,
    ImmutableArray<int> Lines,
    ImmutableHashSet<(string Key, string Drug)> Carried,
    ImmutableHashSet<int> Directives,
    ImmutableArray<(int Line, LocalDate Date)> Until)
{
    /// <summary>The line in the piece before expansion.</summary>
    public int LineOf(int line) => Lines.IsEmpty ? line : Lines[Math.Clamp(line, 0, Lines.Length - 1)];
}
