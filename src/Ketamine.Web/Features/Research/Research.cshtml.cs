using System.Collections.Immutable;
using Ketamine.Content;
using Ketamine.Web.Features.Shared;
using Ketamine.Web.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace Ketamine.Web.Features.Research;

/// <summary>The literature that the site cites, by topic, with what each study can show.</summary>
[PublicPage]
public sealed class ResearchPage(ContentStore store, IStringLocalizer<SiteStrings> words) : SitePage(store, words)
{
    public override IEnumerable<string> Sheets => [SiteAssets.Text, SiteAssets.More];

    /// <summary>Each entry is listed under its first topic; topics are in the file's order.</summary>
    public ImmutableArray<(string Topic, ImmutableArray<Reference> Entries)> Topics { get; private set; } = [];

    /// <summary>The kinds of study that occur, strongest first, with their names.</summary>
    public ImmutableArray<(StudyKind Kind, string Name)> Kinds { get; private set; } = [];

    /// <summary>The visible articles and services that cite an entry, by its key.</summary>
    public ILookup<string, ContentItem> CitedBy { get; private set; } = Array.Empty<ContentItem>().ToLookup(_ => "");

    public IActionResult OnGet()
    {
        Introduce(
            "/research",
            T["The research, in plain words"],
            T["What has been studied, in how many people, and what each kind of study can and can’t show."]
        );
        var entries = Site.Content.Bibliography;
        if (entries.IsEmpty) return NotFound();
        Topics = [.. entries.GroupBy(entry => entry.Topics.FirstOrDefault("")).Select(group => (group.Key, group.ToImmutableArray()))];
        Kinds = [.. StudyKind.All.Join(entries, kind => kind.Key, entry => entry.Kind, (kind, entry) => (kind, entry.KindName)).Distinct()];
        CitedBy = Site.Articles.Cast<ContentItem>().Concat(Site.Services)
            .SelectMany(text => text.Body.Citations.Distinct().Select(key => (key, text))).ToLookup(cited => cited.key, cited => cited.text);
        return Page();
    }
}
