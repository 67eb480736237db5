using System.Globalization;
using System.Text.RegularExpressions;

namespace Ketamine.Web.Tests.Features.Research;

/// <summary>The literature, folded by topic.</summary>
public sealed class ResearchPageTests
{
    [Fact]
    public async Task each_topic_is_folded_says_how_much_there_is_and_has_every_study_inside()
    {
        await using var app = new ClinicApp();
        var page = await app.GetPageAsync("/research");
        var topics = page.QuerySelectorAll(".study-topic").ToList();
        topics.Count.ShouldBeGreaterThan(5);
        foreach (var topic in topics)
        {
            topic.TagName.ShouldBe("DETAILS");
            topic.HasAttribute("open").ShouldBeFalse();
            var studies = topic.QuerySelectorAll(".study").Length;
            topic.QuerySelector("summary")!.Words().ShouldContain(studies == 1 ? "1 source:" : $"{studies} sources:");
            // An address that points here opens the topic: the browser, or site.js, looks for a folded ancestor.
            topic.QuerySelector("summary")!.QuerySelectorAll("[id]").ShouldBeEmpty();
            topic.QuerySelector(".study-list")!.Id.ShouldNotBeNull().ShouldStartWith("topic-");
        }

        page.QuerySelectorAll(".study").Length.ShouldBe(topics.Sum(topic => topic.QuerySelectorAll(".study").Length));
        // The kinds of a topic add up to its sources.
        var depression = topics[0].QuerySelector("summary")!.Words();
        Regex.Matches(depression, @"\((\d+)\)").Sum(count => int.Parse(count.Groups[1].Value, CultureInfo.InvariantCulture))
            .ShouldBe(topics[0].QuerySelectorAll(".study").Length);
    }
}
