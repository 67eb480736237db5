using System.Diagnostics;
using System.Text;
using Ketamine.Content.Editing;
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
    public void risk_is_noticed_no_matter_how_it_is_typed(string message) => CrisisPhrases.Load(Small, "small").SuggestsRisk(message).ShouldBeTrue();

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
    public void messages_without_risk_are_not_marked(string? message) => CrisisPhrases.Load(Small, "small").SuggestsRisk(message).ShouldBeFalse();

    [Fact]
    public void an_error_names_the_file_the_line_and_what_is_expected()
    {
        var broken = Small
            .Replace("trying not to", "(trying", StringComparison.Ordinal)
            .Replace("title: Past", "titel: Past", StringComparison.Ordinal)
            .Replace("<self>", "<selves>", StringComparison.Ordinal);

        var errors = Should.Throw<CrisisPhrasesException>(() => CrisisPhrases.Load(broken, "ours.yml")).Message.Split('\n');

        errors.ShouldBe([
            "ours.yml, line 6: '(trying': ')' is missing",
            "ours.yml, line 8: '(kill | killing) <selves>': there is no group named 'selves'",
            "ours.yml, line 9: 'titel' is not a key of a section; use one of: "
                + "title, phrases, why, at least, except in a sentence with, despite that, despite that in a message with, except in a message with",
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
    public void a_signature_is_bound_to_the_words_that_were_read()
    {
        CrisisPhrases.Load(Small, "small").Signed.ShouldBeNull();
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Small);
            CrisisSigning.Sign(file, "Ana \"Annie\" Ruiz, MD", new DateOnly(2026, 3, 14), TextWriter.Null).ShouldBe(0);
            var signed = File.ReadAllText(file);
            var signature = CrisisPhrases.Load(signed, "small").Signed.ShouldNotBeNull();
            (signature.By, signature.On).ShouldBe(("Ana \"Annie\" Ruiz, MD", new DateOnly(2026, 3, 14)));
            CrisisPhrases.Load(signed.ReplaceLineEndings("\r\n"), "small").Signed.ShouldNotBeNull("white space is not the words");
            var variants = new[] { signed.Replace("futile", "useless", StringComparison.Ordinal), signed.Replace("Ruiz", "Diaz", StringComparison.Ordinal) };
            foreach (var changed in variants)
            {
                var list = CrisisPhrases.Load(changed, "small");
                (list.Signed, list.ChangedSinceSigned).ShouldBe((null, true));
            }

            // Signing again replaces the signature.
            CrisisSigning.Sign(file, "B. Diaz, NP", new DateOnly(2026, 4, 1), TextWriter.Null).ShouldBe(0);
            CrisisPhrases.Load(File.ReadAllText(file), "small").Signed!.By.ShouldBe("B. Diaz, NP");

            File.WriteAllText(file, "counts: {[");
            CrisisSigning.Sign(file, "B. Diaz, NP", new DateOnly(2026, 4, 1), TextWriter.Null).ShouldBe(1);
        }
        finally
        {
            File.Delete(file);
        }

        Should.Throw<CrisisPhrasesException>(() => CrisisPhrases.Load(Small.Replace("by: \"\"", "by: Dr. Ruiz", StringComparison.Ordinal), "small"))
            .Message.ShouldContain("line 1: signed: expected");
    }

    [Fact]
    public void content_check_warns_a_real_clinic_until_a_clinician_has_signed()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "clinic.yml"), ClinicFolder.SmallestClinic);
            var list = Path.Combine(folder.FullName, "list.yml");
            File.WriteAllText(list, Small);
            Checked().ShouldContain($"warning: Leads:CrisisPhrases: no clinician has signed {list}");
            CrisisSigning.Sign(list, "Ana Ruiz, MD", new DateOnly(2026, 3, 14), TextWriter.Null);
            Checked().ShouldNotContain("CrisisPhrases");
            File.AppendAllText(list, "\n  - { title: More, phrases: [zorbo] }\n");
            Checked().ShouldContain("has changed since it was signed");
            File.WriteAllText(Path.Combine(folder.FullName, "clinic.yml"), ClinicFolder.SmallestClinic + "\nsample: true\n");
            Checked().ShouldNotContain("CrisisPhrases");

            string Checked()
            {
                using var told = new StringWriter();
                ContentCheck.Run(folder.FullName, told, clinic: clinic => CrisisSigning.Check(clinic, list));
                return told.ToString();
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
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
    public void every_message_of_4000_characters_is_checked_quickly(string part)
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

        // The limit allows for a debug build on a busy machine, but not for time that grows with the square of the length.
        times.Min().ShouldBeLessThan(100);
    }

    [Fact]
    public void the_check_answers_emergency_risk_or_none_for_every_line()
    {
        using var answers = new StringWriter { NewLine = "\n" };
        using var messages = new StreamReader(
            new MemoryStream(Encoding.UTF8.GetBytes("\uFEFFI want to die\r\n\r\nHow much is it?\nquiero morir\nhe took all his pills and wont wake up"))
        );

        CrisisCheck.Run(messages, CrisisNotice.Default, why: false, answers).ShouldBe(0);

        answers.ToString().ShouldBe("risk\nnone\nnone\nrisk\nemergency\n");
    }

    [Fact]
    public void the_check_names_the_words_for_and_against_and_the_phrase()
    {
        using var answers = new StringWriter { NewLine = "\n" };

        CrisisCheck.Run(new StringReader("I want to kill myself, and what does parking cost?"), CrisisNotice.Default, why: true, answers);

        var lines = answers.ToString().Split('\n');
        lines[0].ShouldBe("risk");
        lines[1].ShouldContain("marked from");
        lines[2].ShouldStartWith("    for: ");
        lines[2].ShouldContain("myself +");
        lines[3].ShouldStartWith("    against: ");
        lines[3].ShouldContain("parking -");
        lines[4].ShouldContain("Says that they will, want to, or think of killing themselves");
    }

    [Theory]
    [InlineData("i want to kill myself")]
    [InlineData("I'm going to kill myself tonight")]
    [InlineData("i just want to die")]
    [InlineData("I keep thinking about ending my life")]
    [InlineData("My son says he is going to kill himself")]
    [InlineData("im feeling really suicidal")]
    [InlineData("I wish I could go to sleep tonight and not wake up tomorrow")]
    [InlineData("I hope I don't wake up tomorrow")]
    [InlineData("there is a loaded gun in my lap")]
    [InlineData("my goodbye letters are written")]
    [InlineData("I tried to kill myself last night")]
    [InlineData("i can't keep myself safe")]
    [InlineData("Quiero matarme")]
    [InlineData("ya me quiero morir, me quiero matar")]
    [InlineData("I am going to kill my wife")]
    [InlineData("I don't know what to do, I want to kill myself")]
    [InlineData("My husband died two years ago and I want to die")]
    [InlineData("I'm going to kill myself at midnight to stop the pain")]
    [InlineData("If I tell you I'm suicidal, do you cancel the appointment I wanted to book?")]
    public void the_page_that_a_clinician_signs_never_misses(string message) => CrisisPhrases.Default.SuggestsRisk(message).ShouldBeTrue();

    [Theory]
    [InlineData("I don't want to kill myself")]
    [InlineData("I wanted to kill myself years ago and have been well since")]
    [InlineData("I was killing myself laughing")]
    [InlineData("I used to think about killing myself")]
    [InlineData("In 2015 I used to wish I don't wake up")]
    [InlineData("I'm dying to know what it costs")]
    [InlineData("Do you treat suicidal patients?")]
    [InlineData("She denies that she is suicidal")]
    public void the_page_that_a_clinician_signs_leaves_denials_idioms_and_the_past_alone(string message) =>
        CrisisPhrases.Default.SuggestsRisk(message).ShouldBeFalse();

    [Fact]
    public void the_page_that_a_clinician_signs_is_short_enough_to_read_in_15_minutes() =>
        File.ReadLines(Repository.PathOf("src", "Ketamine.Web", "Leads", "Crisis", "crisis-phrases.yml")).Count().ShouldBeLessThan(120);
}
