using System.Diagnostics;
using Ketamine.Content;
using Ketamine.Content.Model;
using Ketamine.Web.Features.Search;
using Ketamine.Web.Leads.Crisis;

namespace Ketamine.Web.Tests.Features.Search;

/// <summary>Which searches show crisis help or 911 first. People who look for a word of the site's own pages see their results first.</summary>
public sealed class DangerousQueriesTests
{
    // Words and questions of the sample that show help first, and should.
    private static readonly string[] Rightly =
    [
        "suicide", "suicidal", "suicide hotline", "husband is suicidal what do i do", "i want to kill myself", "i dont want to live anymore",
        "i need help right now", "i took too much of my ketamine",
    ];

    [Theory]
    [InlineData("how much ketamine would kill me")]
    [InlineData("how much ketamine is fatal")]
    [InlineData("how many mg of ketamine would be lethal")]
    [InlineData("lethal dose of ketamine")]
    [InlineData("ketamine ld50")]
    [InlineData("can ketamine kill you")]
    [InlineData("will two troches kill me")]
    [InlineData("can you die from ketamine")]
    [InlineData("is ketamine deadly")]
    [InlineData("ketamine overdose")]
    [InlineData("dosis letal de ketamina")]
    [InlineData("cuanta ketamina puede matar")]
    [InlineData("self harm")]
    [InlineData("self-harm")]
    [InlineData("kms")]
    [InlineData("kill myself")]
    [InlineData("how to kill yourself")]
    [InlineData("i hate myself")]
    [InlineData("i want to die")]
    [InlineData("wanna die")]
    [InlineData("end it all")]
    [InlineData("reasons to live")]
    [InlineData("suicidal")]
    [InlineData("suicide")]
    [InlineData("i can't do this anymore")]
    [InlineData("no quiero vivir")]
    [InlineData("quiero morir")]
    [InlineData("everyone would be happier if i was gone")]
    public void a_search_about_dying_or_a_lethal_dose_shows_crisis_help(string query)
    {
        var signs = CrisisNotice.Default.ReadQuery(query);
        (signs.Risk, signs.Emergency).ShouldBe((true, false));
    }

    [Theory]
    [InlineData("friend not waking up after ketamine")]
    [InlineData("chest pain right now")]
    [InlineData("throat closing")]
    [InlineData("took too many lozenges")]
    public void a_search_about_an_emergency_shows_911(string query) => CrisisNotice.Default.ReadQuery(query).Emergency.ShouldBeTrue();

    [Theory]
    [InlineData("infusion")]
    [InlineData("heart")]
    [InlineData("nasal spray")]
    [InlineData("blood pressure")]
    [InlineData("insulin")]
    [InlineData("driving")]
    [InlineData("alone")]
    [InlineData("pills")]
    [InlineData("tonight")]
    [InlineData("help")]
    [InlineData("i have an aneurysm")]
    [InlineData("had a seizure years ago")]
    [InlineData("does ketamine kill brain cells")]
    [InlineData("how many pills will i get")]
    [InlineData("how much is one infusion")]
    [InlineData("suicide prevention study")]
    [InlineData("what did matthew perry die of")]
    public void an_ordinary_search_shows_its_results_first(string query) => CrisisNotice.Default.ReadQuery(query).ShouldBe(default);

    [Fact]
    public void no_title_heading_or_word_of_the_sample_and_no_question_of_the_tests_shows_crisis_help_by_mistake()
    {
        var content = ContentFolder.Read(Repository.PathOf("content")).Content.ShouldNotBeNull();
        var texts = content.Services.AsEnumerable<ContentItem>().Concat(content.Pages).Concat(content.Articles).ToList();
        var queries = texts.Select(text => text.Title)
            .Concat(texts.SelectMany(text => text.Body.Headings).Select(heading => heading.Title))
            .Concat(content.Faqs.SelectMany(group => group.Questions).Select(faq => faq.Question))
            .Concat(SearchIndex.Of(content).Words)
            .Concat(new[] { "questions.tsv", "unread-questions.tsv", "late-questions.tsv" }.SelectMany(Questions))
            .Distinct(StringComparer.Ordinal).ToList();
        queries.Count.ShouldBeGreaterThan(2500);
        queries.Where(query => CrisisNotice.Default.ReadQuery(query) != default).ShouldBe(Rightly, ignoreOrder: true);
    }

    [Fact]
    public void the_longest_query_is_judged_quickly()
    {
        var query = string.Concat(Enumerable.Repeat("how much can kill dont want to die ", 6))[..SearchQuery.MaxLength];
        CrisisNotice.Default.ReadQuery(query);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < 10; i++) CrisisNotice.Default.ReadQuery(query);
        Stopwatch.GetElapsedTime(start).TotalMilliseconds.ShouldBeLessThan(500);
    }

    private static IEnumerable<string> Questions(string file) =>
        File.ReadLines(Repository.PathOf("tests", "Ketamine.Web.Tests", "Features", "Search", file)).Select(line => line.Split('\t')[0]);
}
