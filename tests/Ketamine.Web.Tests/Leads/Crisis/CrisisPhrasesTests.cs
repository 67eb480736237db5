using System.Diagnostics;
using System.Text;
using Ketamine.Web.Leads.Crisis;
using Ketamine.Web.Ops;
using Xunit.Abstractions;

namespace Ketamine.Web.Tests.Leads.Crisis;

public sealed class CrisisPhrasesTests(ITestOutputHelper output)
{
    private const string Small = """
        signed: { by: "", date: "" }
        spellings: { do not: [dont], want to: [wanna] }
        two slips forgiven: [suicidal]
        ordinary words: [billing]
        groups: { self: myself | himself }
        negation: { words: [not, never], may stand between: [want, to, would], are none: [trying not to] }
        counts:
          - { title: Direct, phrases: ["(kill | killing) <self>", "want [really] to * die", "suicidal"] }
          - { title: Past, phrases: [attempted], except in a message with: [years ago] }
          - { title: Together, at least: 2, phrases: [worthless, pointless | futile] }
          - { title: Asked, phrases: [thoughts], except in a sentence with: [do you], despite that in a message with: [mine are] }
        does not count:
          - { title: Figures of speech, phrases: ["killing myself laughing", "suicidal no ."] }
        """;

    [Theory]
    [InlineData("I keep thinking of KILLING   Myself")]
    [InlineData("he wants to kill-himself")]
    [InlineData("i wanna just go die")]
    [InlineData("k i l l myself")]
    [InlineData("k1ll myself")]
    [InlineData("k*ll myself")]
    [InlineData("killlll myselffff")]
    [InlineData("killmyself")]
    [InlineData("kill my self")]
    [InlineData("ki\u200Bll my\u00ADself")]
    [InlineData("kіll mуsеlf")]
    [InlineData("ｋｉｌｌ ｍｙｓｅｌｆ")]
    [InlineData("suicdial")]
    [InlineData("sucidial")]
    [InlineData("I am killing myself laughing, and I am suicidal")]
    [InlineData("I am trying not to kill myself")]
    [InlineData("Not today. Killing myself.")]
    [InlineData("suicidal, no plan")]
    [InlineData("I attempted last year")]
    [InlineData("I feel worthless. It is all pointless")]
    [InlineData("Do you treat thoughts? Mine are worse")]
    public void risk_is_noticed_however_it_is_typed(string message) => CrisisPhrases.Load(Small, "small").SuggestsRisk(message).ShouldBeTrue();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" \r\n ")]
    [InlineData("I would never kill myself")]
    [InlineData("I dont want to kill myself")]
    [InlineData("killing myself laughing")]
    [InlineData("suicidal: no.")]
    [InlineData("I kill. Myself, I like cake")]
    [InlineData("billing myself")]
    [InlineData("I attempted, years ago")]
    [InlineData("It is pointless, and futile")]
    [InlineData("Not worthless, but pointless")]
    [InlineData("Do you treat thoughts?")]
    [InlineData("\uD800 \uDC00 \0")]
    public void messages_without_risk_are_ignored(string? message) => CrisisPhrases.Load(Small, "small").SuggestsRisk(message).ShouldBeFalse();

    [Fact]
    public void an_error_names_the_file_the_line_and_what_is_expected()
    {
        var broken = Small.Replace("trying not to", "(trying", StringComparison.Ordinal).Replace("title: Past", "titel: Past", StringComparison.Ordinal).Replace("<self>", "<selves>", StringComparison.Ordinal);

        var errors = Should.Throw<CrisisPhrasesException>(() => CrisisPhrases.Load(broken, "ours.yml")).Message.Split('\n');

        errors.ShouldBe(
        [
            "ours.yml, line 6: '(trying': ')' is missing",
            "ours.yml, line 8: '(kill | killing) <selves>': there is no group named 'selves'",
            "ours.yml, line 9: 'titel' is not a key of a section; use one of: title, phrases, why, at least, except in a sentence with, despite that, despite that in a message with, except in a message with",
            "ours.yml, line 9: a section is missing 'title'",
        ]);
    }

    [Theory]
    [InlineData("", "ours.yml, line 1: the file is empty")]
    [InlineData("counts: {[", "ours.yml, line 2: this is not valid YAML")]
    [InlineData("- kill", "ours.yml, line 1: the file must contain keys with values, found a list")]
    public void a_file_that_is_not_a_phrase_list_is_rejected(string yaml, string error) =>
        Should.Throw<CrisisPhrasesException>(() => CrisisPhrases.Load(yaml, "ours.yml")).Message.ShouldStartWith(error);

    [Fact]
    public void a_signature_has_a_name_and_a_date()
    {
        CrisisPhrases.Load(Small, "small").Signed.ShouldBeNull();
        CrisisPhrases.Load(Small.Replace("by: \"\", date: \"\"", "by: Dr. Ruiz, date: 2026-03-14", StringComparison.Ordinal), "small").Signed.ShouldBe(new CrisisSignature("Dr. Ruiz", new DateOnly(2026, 3, 14)));
        Should.Throw<CrisisPhrasesException>(() => CrisisPhrases.Load(Small.Replace("by: \"\"", "by: Dr. Ruiz", StringComparison.Ordinal), "small")).Message.ShouldContain("line 1: signed: expected");
    }

    [Fact]
    public void the_built_in_list_is_unsigned_and_is_copied_next_to_the_binary()
    {
        CrisisPhrases.Default.Signed.ShouldBeNull();
        using var beside = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Leads", "Crisis", "crisis-phrases.yml"));
        CrisisPhrases.Load(beside, "crisis-phrases.yml").SuggestsRisk("I want to die").ShouldBeTrue();
    }

    [Theory]
    [InlineData("i want to ")]
    [InlineData("i want to think about thinking about ")]
    [InlineData("not never no want to ")]
    [InlineData("does it die suicide gun ")]
    [InlineData("does it die? ")]
    [InlineData("s u i c i d ")]
    [InlineData("*u*c*d* s*i*i*e ")]
    [InlineData("suicidx mysxlf killinq hurtinb existinp ")]
    [InlineData("iwanttoiwanttoiwanttoiwantto ")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("quiero no quiero pensar en ")]
    [InlineData("my my family wife and kids would be much ")]
    public void no_message_of_4000_characters_takes_long(string part)
    {
        var message = string.Concat(Enumerable.Repeat(part, (4000 / part.Length) + 1))[..4000];
        CrisisPhrases.Default.SuggestsRisk(message);
        var times = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            var start = Stopwatch.GetTimestamp();
            CrisisPhrases.Default.SuggestsRisk(message);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        output.WriteLine($"{times.Min():F2} ms of 4,000 characters: {part}");

        // The bound leaves room for a debug build on a busy machine; work that grows with the square of the length goes past it all the same.
        times.Min().ShouldBeLessThan(100);
    }

    [Fact]
    public void the_check_answers_risk_or_none_for_every_line()
    {
        using var answers = new StringWriter { NewLine = "\n" };
        using var messages = new StreamReader(new MemoryStream(Encoding.UTF8.GetBytes("\uFEFFI want to die\r\n\r\nHow much is it?\nquiero morir")));

        CrisisCheck.Run(messages, CrisisPhrases.Default, answers).ShouldBe(0);

        answers.ToString().ShouldBe("risk\nnone\nnone\nrisk\n");
    }
}
