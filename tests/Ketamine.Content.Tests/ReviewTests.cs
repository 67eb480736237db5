using System.Globalization;
using System.Text;
using Ketamine.Content;
using Ketamine.Content.Editing;

namespace Ketamine.Content.Tests;

public sealed class ReviewTests : IDisposable
{
    private static readonly FixedClock Clock = new(new DateTimeOffset(2026, 11, 21, 2, 0, 0, TimeSpan.Zero)); // still the 20th in Denver
    private readonly TestFolder _folder = new TestFolder().Article("one", "Text with a source.\n");
    private readonly StringWriter _output = new();

    public void Dispose()
    {
        _folder.Dispose();
        _output.Dispose();
    }

    private int Sign(string article = "one", string by = "ann") => ContentSign.Run(_folder.Path, article, by, Clock, _output);

    private MedicalReview? Review() => _folder.Content().Articles[0].Review;

    private string File() => System.IO.File.ReadAllText(_folder.File("articles/one.md"));

    private void Change(string from, string to) => _folder.Write("articles/one.md", File().Replace(from, to, StringComparison.Ordinal));

    [Fact]
    public void a_signature_has_the_reviewer_and_the_date_in_the_clinics_zone()
    {
        Sign().ShouldBe(0);
        var review = Review()!;
        (review.Reviewer.Name, review.Date.ToString("uuuu-MM-dd", null), review.Signed).ShouldBe(("Ann Lee", "2026-11-20", true));
    }

    [Theory]
    [InlineData("Text with", "Text without")]
    [InlineData("source.", "source [link](/contact).")]
    [InlineData("title: About one", "title: About two")]
    [InlineData("summary: Short.", "summary: Shorter.")]
    [InlineData("reviewed: 2026-11-20", "reviewed: 2027-11-20")]
    [InlineData("reviewedBy: ann", "reviewedBy: bob")]
    public void any_change_to_the_words_or_the_signature_voids_it(string from, string to)
    {
        _folder.Write("people.yml", "ann:\n  name: Ann Lee\nbob:\n  name: Bob Roe\n");
        Sign();
        File().ShouldContain(from);
        Change(from, to);
        Review()!.Signed.ShouldBeFalse();
    }

    [Theory]
    [InlineData("Text with a", "Text  with\na")]
    [InlineData("authors: [ann]", "authors: [ann]\ntopics: [brain]")]
    [InlineData("\n", "\r\n")]
    public void changes_that_affect_no_words_keep_the_signature(string from, string to)
    {
        Sign();
        Change(from, to);
        Review()!.Signed.ShouldBeTrue();
    }

    [Fact]
    public void a_date_alone_is_not_a_signature()
    {
        _folder.Article("one", "Text.", "reviewedBy: ann\nreviewed: 2026-11-01\n");
        Review()!.Signed.ShouldBeFalse();
    }

    [Fact]
    public void signing_changes_no_other_byte()
    {
        var bytes = Encoding
            .UTF8.Preamble.ToArray()
            .Concat(
                Encoding.UTF8.GetBytes(
                    "---\r\n# a comment\r\ntitle:   'One'\r\nreviewAcknowledged:\r\n  - x\r\n  - \"y\"\r\n"
                        + "reviewed: 2020-01-01 # old\r\nsummary: Short.\r\npublished: 2026-03-14\r\nauthors: [ann]\r\n---\r\nreviewed: not a key.  \r\n"
                )
            )
            .ToArray();
        _folder.Write("articles/one.md", bytes);
        _folder.Write("articles/one.md", Encoding.UTF8.GetString(bytes).Replace("title:", "reviewedBy: ann\r\ntitle:")); // reviewed needs reviewedBy
        Sign().ShouldBe(0);
        var signed = File();
        signed.ShouldStartWith("\ufeff---\r\n# a comment\r\nreviewedBy: ann\r\nreviewed: 2026-11-20\r\nreviewHash: ".TrimStart('\ufeff'));
        signed.ShouldEndWith("\r\ntitle:   'One'\r\nsummary: Short.\r\npublished: 2026-03-14\r\nauthors: [ann]\r\n---\r\nreviewed: not a key.  \r\n");
        System.IO.File.ReadAllBytes(_folder.File("articles/one.md")).Take(3).ShouldBe(Encoding.UTF8.Preamble.ToArray());
        Sign().ShouldBe(0);
        File().ShouldBe(signed);
    }

    [Theory]
    [InlineData("oen", "ann", "did you mean one?")]
    [InlineData("one", "anne", "did you mean ann?")]
    public void the_command_says_why_a_text_cannot_be_signed(string article, string by, string said)
    {
        Sign(article, by).ShouldBe(1);
        _output.ToString().ShouldContain(said);
    }

    [Theory]
    [InlineData("articles/one.md")]
    [InlineData("one.md")]
    public void a_text_may_be_given_by_its_file(string name) => Sign(name).ShouldBe(0);

    private const string Rules =
        "version: 1\nauthorities: {}\nclaims:\n"
            + "  - {id: calm, severity: review, why: Judge it., patterns: ['\\bzebra\\b'], "
            + "examples: [A zebra came.], fine: [A horse came.], sayInstead: A horse.}\n"
        + "  - {id: sure, severity: block, why: Nothing is., patterns: ['\\bsurely\\b'], examples: [It surely came.], fine: [It came.], sayInstead: It may.}\n";

    [Fact]
    public void a_signature_acknowledges_the_sentences_that_need_a_reviewer()
    {
        _folder.Write("claims.yml", Rules);
        _folder.Article("one", "The \"zebra\" helped. And more.\n");
        Claims().ShouldHaveSingleItem().Line.ShouldBe(7);

        Sign().ShouldBe(0);
        _output.ToString().ShouldContain("acknowledged: The “zebra” helped.");
        Claims().ShouldBeEmpty();

        Change("And more.", "And a zebra more.");
        Claims().Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("2027-11-20T20:00:00Z", false)]
    [InlineData("2027-11-21T20:00:00Z", true)]
    public void a_review_is_reported_as_expired_from_the_day_after_its_last(string now, bool reported)
    {
        _folder.Write("claims.yml", Rules);
        Sign().ShouldBe(0);
        ContentCheck.Run(_folder.Path, _output, new FixedClock(DateTimeOffset.Parse(now, CultureInfo.InvariantCulture)));
        _output.ToString().Contains("more than twelve months old", StringComparison.Ordinal).ShouldBe(reported);
    }

    private TestFolder Asking() => _folder.Write("claims.yml", Rules)
        .Write("pages/zoo.md", "---\ntitle: Zoo\n---\nThe \"zebra\" helped. And more.\n")
        .Write("faqs.yml", "- group: Zoo\n  questions:\n    - question: Why?\n      answer: A zebra can.\n");

    [Theory]
    [InlineData("pages/zoo.md", "The “zebra” helped.")]
    [InlineData("zoo", "The “zebra” helped.")]
    [InlineData("faqs.yml", "A zebra can.")]
    public void files_without_a_review_are_signed_sentence_by_sentence(string name, string sentence)
    {
        Asking();
        Sign(name).ShouldBe(0);
        var entry = _folder.Read().Acknowledged.ShouldHaveSingleItem();
        (entry.Sentence, entry.By, entry.On.ToString("uuuu-MM-dd", null)).ShouldBe((sentence, "ann", "2026-11-20"));
        Claims().Count.ShouldBe(1); // the other file's entry
        _folder.Read().Content.ShouldNotBeNull().Pages.ShouldNotBeEmpty();
    }

    [Fact]
    public void new_wording_needs_a_new_approval_and_signing_clears_the_old_entry()
    {
        Asking();
        Sign("faqs.yml");
        Sign("zoo");
        Claims().ShouldBeEmpty();

        _folder.Write("pages/zoo.md", "---\ntitle: Zoo\n---\nThe \"zebra\"\nhelps. And more.\n");
        Claims().ShouldHaveSingleItem().File.ShouldBe("pages/zoo.md");
        var stale = _folder.Read().Problems.Where(problem => problem.File == "acknowledged.yml").ShouldHaveSingleItem();
        (stale.Line, stale.Severity).ShouldBe((9, DiagnosticSeverity.Warning));
        stale.ToMessage().ShouldContain("The “zebra” helped.");
        stale.ToMessage().ShouldContain("content sign pages/zoo.md --by ann");

        Sign("zoo");
        _folder.Read().Problems.ShouldBeEmpty();
        _folder.Read().Acknowledged.Select(entry => entry.Sentence).ShouldBe(["A zebra can.", "The “zebra” helps."]);

        System.IO.File.Delete(_folder.File("pages/zoo.md"));
        Sign("pages/zoo.md").ShouldBe(0);
        Sign("faqs.yml");
        _folder.Write("faqs.yml", "");
        Sign("faqs.yml");
        System.IO.File.Exists(_folder.File("acknowledged.yml")).ShouldBeFalse();
    }

    [Fact]
    public void only_sentences_that_need_a_reviewer_can_be_acknowledged()
    {
        Asking().Write("faqs.yml", "- group: Zoo\n  questions:\n    - question: Why?\n      answer: A zebra surely can.\n");
        Sign("faqs.yml").ShouldBe(1);
        _folder.Write("acknowledged.yml", "- {file: faqs.yml, sentence: A zebra surely can., by: ann, on: 2026-11-20}\n");
        _folder.Read().Errors.ShouldHaveSingleItem().Key.ShouldBe("claim sure");
    }

    [Theory]
    [InlineData("{file: faqs.yml, sentence: A zebra can., by: bob, on: 2026-11-20}", "by", DiagnosticSeverity.Warning)]
    [InlineData("{file: pages/gone.md, sentence: A zebra can., by: ann, on: 2026-11-20}", "sentence", DiagnosticSeverity.Warning)]
    [InlineData("{file: articles/one.md, sentence: A zebra can., by: ann, on: 2026-11-20}", "file", DiagnosticSeverity.Error)]
    [InlineData("{file: faqs.yml, sentence: A zebra can., by: ann}", "on", DiagnosticSeverity.Error)]
    public void an_entry_that_acknowledges_nothing_is_reported(string entry, string key, DiagnosticSeverity severity)
    {
        Asking().Write("acknowledged.yml", $"- {entry}\n");
        var reported = _folder.Read().Problems.Where(problem => problem.File == "acknowledged.yml").ToList();
        reported.ShouldContain(problem => problem.Line == 1 && problem.Key == key && problem.Severity == severity);
        Claims().Count.ShouldBe(key == "on" ? 1 : 2);
    }

    private List<Diagnostic> Claims() => [.. _folder.Read().Problems.Where(problem => problem.Key.StartsWith("claim", StringComparison.Ordinal))];
}
