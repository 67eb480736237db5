using System.Collections.Immutable;
using Ketamine.Web.Content.Reading;

namespace Ketamine.Web.Content;

/// <summary>One reading of a clinic's folder.</summary>
/// <param name="Content">Null when there are errors.</param>
/// <param name="Problems">Errors and warnings, by file and line.</param>
public sealed record ContentReading(SiteContent? Content, ImmutableArray<ContentError> Problems)
{
    /// <summary>The problems that keep the folder from going live.</summary>
    public IEnumerable<ContentError> Errors => Problems.Where(problem => problem.Severity == ContentSeverity.Error);

    /// <summary>The texts as their files say them; for the editor's commands.</summary>
    internal ImmutableArray<TextFile> Texts { get; init; } = [];
}
