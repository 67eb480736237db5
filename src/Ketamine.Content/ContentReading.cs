using System.Collections.Frozen;
using System.Collections.Immutable;
using Ketamine.Content.Claims;
using Ketamine.Content.Editing;
using Ketamine.Content.Reading;
using NodaTime;

namespace Ketamine.Content;

/// <summary>One reading of a clinic's folder.</summary>
/// <param name="Content">Null when there are errors.</param>
/// <param name="Problems">Errors and warnings, by file and line.</param>
public sealed record ContentReading(SiteContent? Content, ImmutableArray<Diagnostic> Problems)
{
    /// <summary>The problems that keep the folder from going live.</summary>
    public IEnumerable<Diagnostic> Errors => Problems.Where(problem => problem.Severity == DiagnosticSeverity.Error);

    /// <summary>As much as could be read, also where there are errors: what an editor is shown, and nobody else.</summary>
    public SiteContent? Partial { get; init; }

    /// <summary>Corrections that are certain, those of problems included.</summary>
    public ImmutableArray<ContentFix> Fixes { get; init; } = [];

    /// <summary>The texts as their files say them; for the editor's commands.</summary>
    public ImmutableArray<ContentDocument> Texts { get; init; } = [];

    /// <summary>Of people.yml, even where other files have errors.</summary>
    public FrozenDictionary<string, Person> People { get; init; } = FrozenDictionary<string, Person>.Empty;

    /// <summary>Whom the folder's reviews are bound to.</summary>
    internal ReviewParties Parties { get; init; } = ReviewParties.None;

    /// <summary>The clinic's, even where other files have errors; UTC where clinic.yml names none.</summary>
    public DateTimeZone Zone { get; init; } = DateTimeZone.Utc;

    /// <summary>Addresses that the navigation and the Markdown of the folder's lists lead to.</summary>
    public ImmutableArray<string> OtherLinks { get; init; } = [];

    /// <summary>The folder has rules of wording, and with them the editorial ones.</summary>
    public bool HasClaims { get; init; }

    /// <summary>What the rules of wording leave to a reviewer outside articles and services, acknowledged or not.</summary>
    public ImmutableArray<ClaimDiagnostic> Asking { get; init; } = [];

    /// <summary>Of acknowledged.yml.</summary>
    public ImmutableArray<Acknowledgement> Acknowledged { get; init; } = [];

    /// <summary>The site's language, where clinic.yml could be read.</summary>
    public string Locale { get; init; } = "en-US";
}
