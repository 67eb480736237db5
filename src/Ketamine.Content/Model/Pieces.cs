using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Ketamine.Content.Claims;
using NodaTime;

namespace Ketamine.Content.Model;

/// <summary>A person or a team of <c>people.yml</c>.</summary>
public sealed record Person
{
    public required string Key { get; init; }
    public required string Name { get; init; }
    public string? Role { get; init; }
    public string? Credentials { get; init; }
    public Prose? Bio { get; init; }
    public Picture? Image { get; init; }
    public Uri? Href { get; init; }

    /// <summary>What they do here, for their own page.</summary>
    public Prose? Does { get; init; }

    /// <summary>The license to practice, where they have one.</summary>
    public License? License { get; init; }

    /// <summary>That they speak with patients, as the clinic names them.</summary>
    public ImmutableArray<string> Languages { get; init; } = [];

    /// <summary>Their page on this site.</summary>
    public string Path => $"/team/{Key}";

    /// <summary>One or two letters that stand where there is no picture.</summary>
    public string Monogram => string.Concat(Name.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Where(word => char.IsLetter(word[0])).Take(2).Select(word => char.ToUpperInvariant(word[0])));
}

/// <summary>A license to practice.</summary>
/// <param name="Number">As the board writes it.</param>
/// <param name="Board">Who granted it: "Colorado Medical Board".</param>
/// <param name="LookUp">Where anyone can check it; https.</param>
public sealed record License(string Number, string? Board, Uri? LookUp);

/// <summary>A picture under <c>images/</c>, measured on load so that nothing jumps.</summary>
/// <param name="Path">The address: /images/….</param>
/// <param name="Alt">Empty: it decorates.</param>
/// <param name="Width">CSS pixels.</param>
/// <param name="Height">CSS pixels.</param>
public sealed record Picture(string Path, string Alt, int Width, int Height);

/// <summary>What every text of the folder has.</summary>
public abstract record ContentItem
{
    public required Slug Slug { get; init; }

    /// <summary>The file under the content folder, with forward slashes; for messages to the editor.</summary>
    public required string File { get; init; }

    public required string Title { get; init; }

    /// <summary>At most 200 characters of plain text; lists, feeds, meta description. Empty where a page gives none.</summary>
    public string Summary { get; init; } = "";

    public Picture? Image { get; init; }
    public bool Draft { get; init; }

    /// <summary>Old paths that answer 301 to this one; each begins with a slash.</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    public required Prose Body { get; init; }

    /// <summary>The address on this site: begins with a slash, ends without one but for the home page.</summary>
    public abstract string Path { get; }
}

/// <summary>A file of <c>pages/</c>.</summary>
public sealed record Page : ContentItem
{
    /// <summary>The slug whose page is the site's front.</summary>
    public const string Home = "home";

    /// <summary>The name of the home page's social card. No slug has an underscore, so that it is no article's.</summary>
    public const string HomeCard = "_home";

    public int Order { get; init; }
    public override string Path => Slug.ToString() == Home ? "/" : $"/{Slug}";
}

/// <summary>A file of <c>services/</c>.</summary>
public sealed record Service : ContentItem
{
    public int Order { get; init; }
    public string? Price { get; init; }
    public string? Duration { get; init; }
    public MedicalReview? Review { get; init; }
    public override string Path => $"/services/{Slug}";
}

/// <summary>A file of <c>articles/</c>.</summary>
public sealed record Article : ContentItem
{
    /// <summary>In the future: scheduled, and visible from that instant on.</summary>
    public required DateTimeOffset Published { get; init; }

    public DateTimeOffset? Updated { get; init; }

    /// <summary>Never empty.</summary>
    public required ImmutableArray<Person> Authors { get; init; }

    public MedicalReview? Review { get; init; }
    public ImmutableArray<Slug> Topics { get; init; } = [];

    /// <summary>As the editor chose; empty takes articles with shared topics.</summary>
    public ImmutableArray<Slug> Related { get; init; } = [];

    /// <summary>Whole minutes at 220 words a minute, at least 1.</summary>
    public int ReadingMinutes => Math.Max(1, (int)Math.Round(Body.Words / 220.0, MidpointRounding.AwayFromZero));

    public override string Path => $"/blog/{Slug}";
}

/// <summary>Who checked a text medically, and when.</summary>
/// <param name="Reviewer">A person of people.yml.</param>
/// <param name="Date">The day that the signature names.</param>
/// <param name="Signed">The signature's hash is that of the text as it stands; false shows "under review" and names nobody.</param>
public sealed record MedicalReview(Person Reviewer, LocalDate Date, bool Signed)
{
    /// <summary>A review holds for twelve months.</summary>
    public LocalDate Due => Date.PlusMonths(12);

    /// <summary>It is of the text as it stands, and not older than it may be.</summary>
    public bool HoldsOn(LocalDate day) => Signed && Due >= day;
}

public sealed record FaqGroup(string Name, ImmutableArray<Faq> Questions);

/// <param name="Anchor">The fragment under /faqs.</param>
public sealed record Faq(string Question, Prose Answer, string Anchor);

/// <summary>What a patient agreed to have shown.</summary>
public sealed record Review(string Text, string By, LocalDate Date, string? Source, Uri? Href, LocalDate Consent);

/// <summary>One entry of the literature that pages may cite: <c>bibliography.yml</c>.</summary>
public sealed partial record Reference
{
    public required string Key { get; init; }
    public required ImmutableArray<string> Authors { get; init; }
    public required string Title { get; init; }
    public string? Journal { get; init; }
    public int? Year { get; init; }

    /// <summary>The year where it is told apart; null where the journal's line ends with it already ("in service since July 16, 2022").</summary>
    public int? YearApart => Volume is null && Year is { } year && Journal?.EndsWith(year.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) == true ? null : Year;
    public string? Volume { get; init; }
    public string? Issue { get; init; }
    public string? Pages { get; init; }
    public string? Doi { get; init; }
    public string? Pmid { get; init; }
    public string? Pmcid { get; init; }
    public Uri? Url { get; init; }

    /// <summary>rct, meta-analysis, review, guideline, animal, imaging, laboratory, consensus, regulator or observational.</summary>
    public required string Kind { get; init; }

    /// <summary>Who was studied, and how many, in words.</summary>
    public string? Population { get; init; }

    /// <summary>What kind of study, in words: a key of <see cref="SiteStrings"/>.</summary>
    public string KindName => Kind switch
    {
        "rct" => "Randomized trial",
        "meta-analysis" => "Meta-analysis",
        "guideline" => "Guideline",
        "animal" => "Animal study",
        "imaging" => "Brain-imaging study",
        "laboratory" => "Laboratory study",
        "consensus" => "Expert consensus",
        "regulator" => "Regulator's statement",
        "observational" => "Observational study",
        _ => "Review of studies",
    };

    /// <summary>How many people were studied, as <see cref="Population"/> says; null where it counts none (animals, reviews).</summary>
    public int? People => Population is not null && Counted().Match(Population) is { Success: true } match
        ? int.Parse(match.Groups[1].Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)
        : null;

    /// <summary>What it found, and its limits, in plain words.</summary>
    public required string Finding { get; init; }

    public ImmutableArray<string> Topics { get; init; } = [];

    /// <summary>Whom it studied; the check of citations asks.</summary>
    public EvidenceSubjects Subjects { get; init; }

    /// <summary>What it can carry.</summary>
    public ImmutableArray<WorkClaim> Supports { get; init; } = [];

    /// <summary>What it found not to be so.</summary>
    public ImmutableArray<WorkClaim> Contradicts { get; init; } = [];

    /// <summary>Numbers of the work's own, in words, beside those of <see cref="Population"/> and <see cref="Finding"/>.</summary>
    public ImmutableArray<string> Figures { get; init; } = [];

    // The first count of people: "64 blinded randomized studies, 5,299 people (31 ketamine trials)" has 5,299.
    [GeneratedRegex(@"\b([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,7})\s+(?:[a-z-]+\s+){0,3}?(?:people|adults|patients|volunteers|veterans|participants|users|adolescents|women|men|randomized|enrolled)\b", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Counted();
}

/// <summary>One thing that a work can or can't carry: <c>efficacy depression: one infusion eased it more than a sedative</c>.</summary>
/// <param name="Topic">A condition, a part of the brain, or what it was compared with.</param>
/// <param name="Words">What it found, for the editor; may be empty.</param>
public sealed record WorkClaim(EvidenceClaim Kind, string Topic, string Words)
{
    /// <summary>Reads <c>KIND TOPIC</c> or <c>KIND TOPIC: words</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out WorkClaim? claim)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (head, words) = colon < 0 ? (text, "") : (text[..colon], text[(colon + 1)..].Trim());
        claim = head.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var kind, var topic] && !kind.Any(char.IsDigit) && Enum.TryParse<EvidenceClaim>(kind, ignoreCase: true, out var known)
            ? new WorkClaim(known, topic, words)
            : null;
        return claim is not null;
    }
}

/// <summary>A file under <c>images/</c> that the site serves.</summary>
/// <param name="Path">The address: /images/….</param>
/// <param name="File">The file on disk.</param>
/// <param name="ContentType">From the file's name; only kinds that the site knows are loaded.</param>
/// <param name="Hash">Of the bytes, 16 hexadecimal digits; the strong ETag and the cache-busting query.</param>
/// <param name="Width">CSS pixels; 0 where the kind has none (a PDF).</param>
/// <param name="Height">CSS pixels; 0 where the kind has none.</param>
/// <param name="Length">Bytes.</param>
public sealed record ContentFile(string Path, string File, string ContentType, string Hash, int Width, int Height, long Length)
{
    /// <summary>The address that browsers may keep for good, because it changes with the bytes.</summary>
    public string VersionedPath => $"{Path}?v={Hash}";

    /// <summary>What it shows, as images.yml says; empty where that says nothing.</summary>
    public string Alt { get; init; } = "";

    /// <summary>The point that no crop loses.</summary>
    public FocalPoint Focus { get; init; } = FocalPoint.Center;

    /// <summary>What a camera makes: shown in sizes of the site's making and never as it is, because it may say where it was taken.</summary>
    public bool IsPhotograph => ContentType is "image/jpeg" or "image/heic";

    /// <summary>Names the sizes of a photograph: another one when its bytes or its focal point change.</summary>
    public string PhotoKey => $"{Hash}-{Focus.X}-{Focus.Y}";
}

/// <summary>Where an old address went.</summary>
/// <param name="To">A path or address on this site; null says gone (410).</param>
public sealed record Redirect(string From, string? To);
