using Ketamine.Content.Claims;
using Ketamine.Content.Reading;

namespace Ketamine.Content;

/// <summary>The result of reading a clinic's folder.</summary>
/// <param name="Content">Null if there are errors.</param>
/// <param name="Problems">Errors and warnings, by file and line.</param>
public sealed record ContentReading(SiteContent? Content, ImmutableArray<Diagnostic> Problems)
{
    /// <summary>The problems that keep the folder from going live.</summary>
    public IEnumerable<Diagnostic> Errors => Problems.Where(problem => problem.Severity == DiagnosticSeverity.Error);

    /// <summary>The folder's <see cref="ContentFolder.Stamp"/> when it was listed for this read; empty if there is no folder.</summary>
    public string Stamp { get; init; } = "";

    /// <summary>Everything that could be read despite errors; shown only to an editor.</summary>
    public SiteContent? Partial { get; init; }

    /// <summary>Safe corrections, including those for problems.</summary>
    public ImmutableArray<ContentFix> Fixes { get; init; } = [];

    /// <summary>The texts as written in their files, for the editor's commands.</summary>
    public ImmutableArray<ContentDocument> Texts { get; init; } = [];

    /// <summary>The people of people.yml, even if other files have errors.</summary>
    public FrozenDictionary<string, Person> People { get; init; } = FrozenDictionary<string, Person>.Empty;

    /// <summary>The people and clinic that the folder's reviews are bound to.</summary>
    internal ReviewParties Parties { get; init; } = ReviewParties.None;

    /// <summary>The clinic's time zone, even if other files have errors; UTC if clinic.yml has none.</summary>
    public DateTimeZone Zone { get; init; } = DateTimeZone.Utc;

    /// <summary>Addresses linked from the navigation and from the Markdown in the folder's lists.</summary>
    public ImmutableArray<string> OtherLinks { get; init; } = [];

    /// <summary>What the wording rules leave to a reviewer outside articles and services, whether acknowledged or not.</summary>
    public ImmutableArray<ClaimDiagnostic> ForReviewer { get; init; } = [];

    /// <summary>The entries of acknowledged.yml.</summary>
    public ImmutableArray<Acknowledgement> Acknowledged { get; init; } = [];

    /// <summary>The site's language, if clinic.yml could be read.</summary>
    public string Locale { get; init; } = "en-US";
}
