using Ketamine.Content.Editing;
using Ketamine.Content.Publishing;

namespace Ketamine.Content.Tests.Publishing;

/// <summary>Short texts edited in the browser: what is written, and what stays exactly the same.</summary>
public sealed class ShortTextsTests : IDisposable
{
    private readonly Desk _desk = new(git: false);
    private readonly ShortTexts _texts;

    public ShortTextsTests() => _texts = new ShortTexts(_desk.Copies, _desk.Clock);

    public void Dispose()
    {
        _texts.Dispose();
        _desk.Dispose();
    }

    [Fact]
    public async Task one_value_is_changed_and_comments_order_and_style_stay()
    {
        _desk.Write("clinic.yml", """
            # Ours
            name: Cedar   # as on the door
            url: https://cedar.clinic
            phone: "(303) 555-0142"  # front desk

            hours:
              - {days: [mon, tue, wed, thu], opens: "09:00", closes: "17:00"}
              # Fridays since May
              - days: [fri]
                opens: "09:00"
                closes: "13:00"
            timeZone: America/Denver

            """);
        _texts.Find("clinic.yml")!.Texts.Single(text => text.Key == "hours").Value.ShouldBe("Mon-Thu 09:00-17:00, Fri 09:00-13:00");
        (await SaveAsync("clinic.yml", ("phone", "(303) 832-2143"), ("hours", "Mon-Thu 8-5, Fri 9-1"), ("tagline", "Calm: and close"),
            ("holidays", "2026-12-25 closed, Christmas\n2026-12-24 9:00-12:00"), ("notice/text", "Closed *today*."), ("notice/until", "2026-12-26")))
            .State.ShouldBe(ShortTextState.Saved);
        _desk.Read("clinic.yml").ShouldBe("""
            # Ours
            name: Cedar   # as on the door
            url: https://cedar.clinic
            phone: "(303) 832-2143"  # front desk

            hours: Mon-Thu 8-5, Fri 9-1
            timeZone: America/Denver
            tagline: "Calm: and close"
            holidays:
              - {date: 2026-12-25, closed: true, note: "Christmas"}
              - {date: 2026-12-24, opens: "09:00", closes: "12:00"}
            notice:
              text: "Closed *today*."
              until: "2026-12-26"

            """);
        (await SaveAsync("clinic.yml", ("notice/text", ""), ("notice/until", ""), ("holidays", ""))).State.ShouldBe(ShortTextState.Saved);
        _desk.Read("clinic.yml").ShouldEndWith("tagline: \"Calm: and close\"\n");
    }

    [Fact]
    public async Task questions_reviews_and_people_are_changed_added_and_removed()
    {
        _desk.Write("faqs.yml", """
            - group: Visits
              questions:
                - {question: How long?, answer: An hour.}
                - question: Alone?
                  answer: >
                    No, bring
                    somebody.
            - group: Cost
              questions:
                - question: How much?
                  answer: Ask us.

            """);
        (await SaveAsync("faqs.yml/0/questions/0", ("answer", "Two hours: no more."))).State.ShouldBe(ShortTextState.Saved);
        (await SaveAsync("faqs.yml/0/questions/1", ("answer", "No.\n\nBring somebody."))).State.ShouldBe(ShortTextState.Saved);
        (await SaveAsync("faqs.yml/0/questions/new", ("question", "Parking?"), ("answer", "Behind the house."))).State.ShouldBe(ShortTextState.Saved);
        (await RemoveAsync("faqs.yml/1/questions/0")).State.ShouldBe(ShortTextState.Saved);
        (await SaveAsync("reviews.yml/new", ("text", "Kind people."), ("by", "A. R."), ("date", "2026-02-01"), ("consent", "2026-02-02"))).State
            .ShouldBe(ShortTextState.Saved);
        (await SaveAsync("people.yml/ann", ("role", "Nurse"), ("bio", "She likes rain.\n\nAnd tea."))).State.ShouldBe(ShortTextState.Saved);
        _desk.Read("faqs.yml").ShouldBe("""
            - group: Visits
              questions:
                - {question: How long?, answer: "Two hours: no more."}
                - question: Alone?
                  answer: |-
                    No.

                    Bring somebody.
                - question: Parking?
                  answer: Behind the house.

            """);
        _desk.Read("reviews.yml").ShouldBe("- text: Kind people.\n  by: A. R.\n  date: \"2026-02-01\"\n  consent: \"2026-02-02\"\n");
        _desk.Read("people.yml").ShouldBe("ann:\n  name: Ann Lee\n  role: Nurse\n  bio: |-\n    She likes rain.\n\n    And tea.\n");
        (await RemoveAsync("reviews.yml/0")).State.ShouldBe(ShortTextState.Saved);
        ContentFolder.Read(_desk.Folder).Content!.Reviews.ShouldBeEmpty();
    }

    [Fact]
    public async Task mistakes_are_reported_and_not_written()
    {
        var before = _desk.Read("clinic.yml");
        var refused = await SaveAsync("clinic.yml", ("phone", "call us"), ("tagline", "We cure depression with ketamine"));
        refused.State.ShouldBe(ShortTextState.Refused);
        refused.Problems.ShouldContain(problem => problem.Key == "phone" && problem.Wanted.StartsWith("phone: ", StringComparison.Ordinal));
        refused.Problems.Count(problem => problem.Severity == Ketamine.Language.DiagnosticSeverity.Error).ShouldBe(2, "a promise of a cure is one too");
        await Should.ThrowAsync<FormatException>(() => SaveAsync("clinic.yml", ("holidays", "Christmas")));
        _desk.Read("clinic.yml").ShouldBe(before);
        // An existing error doesn't block other changes.
        _desk.Write("articles/wrong.md", "---\ntitel: Oh\n---\n");
        (await SaveAsync("clinic.yml", ("tagline", "Close by"))).State.ShouldBe(ShortTextState.Saved);
    }

    [Fact]
    public async Task two_editors_keep_each_others_changes_and_learn_of_a_conflict()
    {
        var (ana, ben) = (_texts.Find("clinic.yml")!, _texts.Find("people.yml/ann")!);
        await SaveAsync("clinic.yml", ("tagline", "Ben’s"));
        var late = await _texts.SaveAsync(ana.Id, ana.Token, new Dictionary<string, string> { ["tagline"] = "Ana’s" }, save: true, default);
        late.State.ShouldBe(ShortTextState.Conflict);
        late.Now!.Texts.Single(text => text.Key == "tagline").Value.ShouldBe("Ben’s");
        (await _texts.SaveAsync(ben.Id, ben.Token, new Dictionary<string, string> { ["role"] = "Nurse" }, save: true, default)).State
            .ShouldBe(ShortTextState.Saved);
    }

    [Fact]
    public async Task a_style_that_only_a_person_can_edit_is_left_alone()
    {
        _desk.Write("faqs.yml", "[{group: Visits, questions: [{question: How long?, answer: An hour.}]}]\n");
        (await SaveAsync("faqs.yml/0/questions/new", ("question", "Parking?"), ("answer", "Yes."))).State.ShouldBe(ShortTextState.ByHand);
        (await SaveAsync("faqs.yml/0/questions/0", ("answer", "Two hours."))).State.ShouldBe(ShortTextState.Saved);
        _desk.Read("faqs.yml").ShouldBe("[{group: Visits, questions: [{question: How long?, answer: Two hours.}]}]\n");
        foreach (var id in new[] { "claims.yml", "faqs.yml/9/questions/0", "faqs.yml/9/questions/new", "../clinic.yml", "people.yml/new", "clinic.yml/name" })
            _texts.Find(id).ShouldBeNull(id);
    }

    private Task<ShortTextResult> SaveAsync(string id, params (string Key, string Value)[] values) =>
        _texts.SaveAsync(id, _texts.Find(id)!.Token, values.ToDictionary(value => value.Key, value => value.Value), save: true, default);

    private Task<ShortTextResult> RemoveAsync(string id) => _texts.RemoveAsync(id, _texts.Find(id)!.Token, default);
}
