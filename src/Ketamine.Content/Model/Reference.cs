namespace Ketamine.Content.Model;

/// <summary>A work that pages can cite, an entry of <c>bibliography.yml</c>.</summary>
public sealed partial record Reference
{
    public required string Key { get; init; }
    public required ImmutableArray<string> Authors { get; init; }
    public required string Title { get; init; }
    public string? Journal { get; init; }
    public int? Year { get; init; }

    /// <summary>The year, if shown separately; null if the journal's line already ends with it ("in service since July 16, 2022").</summary>
    public int? YearApart =>
        Volume is null && Year is { } year && Journal?.EndsWith(year.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) == true ? null : Year;
    public string? Volume { get; init; }
    public string? Issue { get; init; }
    public string? Pages { get; init; }
    public string? Doi { get; init; }
    public string? Pmid { get; init; }
    public string? Pmcid { get; init; }
    public Uri? Url { get; init; }

    /// <summary>rct, meta-analysis, review, guideline, animal, imaging, laboratory, consensus, regulator or observational.</summary>
    public required string Kind { get; init; }

    /// <summary>Who was studied and how many, in words.</summary>
    public string? Population { get; init; }

    /// <summary>The kind of study, in words: a key of <see cref="SiteStrings"/>.</summary>
    public string KindName => Kind switch
    {
        "rct" => "Randomized trial",
        "meta-analysis" => "Meta-analysis",
        "guideline" => "Guideline",
        "animal" => "Animal study",
        "imaging" => "Brain-imaging study",
        "laboratory" => "Laboratory study",
        "consensus" => "Expert consensus",
        "regulator" => "Official source",
        "observational" => "Observational study",
        _ => "Review of studies",
    };

    /// <summary>The number of people studied, from <see cref="Population"/>; null if it has none (animals, reviews).</summary>
    public int? People => Population is not null && Counted().Match(Population) is { Success: true } match
        ? int.Parse(match.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)
        : null;

    /// <summary>What it found, and its limits, in plain words.</summary>
    public required string Finding { get; init; }

    public ImmutableArray<string> Topics { get; init; } = [];

    /// <summary>Its subjects, for the citation check.</summary>
    public EvidenceSubjects Subjects { get; init; }

    public ImmutableArray<WorkClaim> Supports { get; init; } = [];

    public ImmutableArray<WorkClaim> Contradicts { get; init; } = [];

    /// <summary>More numbers from the work, in words, in addition to those in <see cref="Population"/> and <see cref="Finding"/>.</summary>
    public ImmutableArray<string> Figures { get; init; } = [];

    // The first count of people: "64 blinded randomized studies, 5,299 people (31 ketamine trials)" has 5,299.
    [GeneratedRegex(
        @"\b([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,7})\s+(?:[a-z-]+\s+){0,3}"
            + @"(?:people|adults|patients|volunteers|veterans|participants|users|adolescents|women|men|randomized|enrolled)\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Counted();
}
