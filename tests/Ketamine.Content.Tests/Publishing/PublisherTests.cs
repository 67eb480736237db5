using Ketamine.Content.Publishing;

namespace Ketamine.Content.Tests.Publishing;

/// <summary>Uses real folders, with real git repositories and with dated copies.</summary>
public sealed class PublisherTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task saved_changes_are_invisible_until_they_are_published_together(bool git)
    {
        using var desk = new Desk(git);
        desk.Live("one").ShouldBe("First words about visits."); // before the first publication, the folder itself is live
        (await desk.PublishAsync("The beginning")).State.ShouldBe(PublishState.Published);

        desk.Article("one", "New words about visits.").Article("two", "New words about rooms.");
        desk.Live("one").ShouldBe("First words about visits.");
        var result = await desk.PublishAsync("Better words");
        result.State.ShouldBe(PublishState.Published);
        result.Publication.ShouldSatisfyAllConditions(live => live!.Who.ShouldBe("Ana"), live => live!.Why.ShouldBe("Better words"));
        (desk.Live("one"), desk.Live("two")).ShouldBe(("New words about visits.", "New words about rooms."));
        (await desk.PublishAsync("Again")).State.ShouldBe(PublishState.Nothing);

        (await desk.Publisher.HistoryAsync(null, default)).Select(version => (version.Who, version.Why))
            .ShouldBe([("Ana", "Better words"), ("Ana", "The beginning")]);
        if (git) Desk.Git(desk.Folder, "log", "--format=%an: %s").ShouldBe("Ana: Better words\nAna: The beginning\n");
        if (git) Desk.Git(desk.Folder, "status", "--porcelain").ShouldBe("");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task changes_are_shown_page_by_page_as_rendered_and_as_findings(bool git)
    {
        using var desk = new Desk(git);
        desk.Article("one", "## Before\n\nFirst words about [visits](/blog/two).\n\n- A list\n- of two\n\nThe end.");
        await desk.PublishAsync("The beginning");
        desk.Article("one", "## Before\n\nFirst words about [long visits](/blog/two).\n\n- A list\n- of three\n\nThe end.").Article("new", "A page.")
            .Write("faqs.yml", "- group: Visits\n  questions:\n    - question: How long?\n      answer: An hour.\n");
        File.Delete(Path.Combine(desk.Folder, "articles/two.md"));

        var changes = await desk.Publisher.FindChangesAsync("Ana", default);
        changes.Pages.Select(page => (page.Kind, page.Path)).ShouldBe(
            [(PageChangeKind.Added, "/blog/new"), (PageChangeKind.Changed, "/blog/one"), (PageChangeKind.Added, "/faqs"),
                (PageChangeKind.Removed, "/blog/two")]);
        var one = changes.Pages.Single(page => page.Path == "/blog/one").Pieces;
        one.Select(piece => piece.Kind).ShouldContain(PieceChangeKind.Reworded);
        one.SelectMany(piece => piece.Words).Where(word => word.Kind == PieceChangeKind.Added).Select(word => word.Text.Trim()).ShouldBe(["long", "three"]);
        one.SelectMany(piece => piece.Words).Where(word => word.Kind == PieceChangeKind.Removed).Select(word => word.Text.Trim()).ShouldBe(["two"]);
        changes.Pages.Single(page => page.Path == "/faqs").Pieces.ShouldContain(piece => piece.Html.Contains("<p>An hour.</p>"));
        // The link to the deleted page.
        changes.Problems.ShouldContain(problem => problem.File == "articles/one.md" && problem.Key == "link" && problem.Line > 0);
        changes.Errors.ShouldBe(1);

        var refused = await desk.PublishAsync("Too early");
        refused.State.ShouldBe(PublishState.Refused);
        desk.Live("one").ShouldStartWith("Before");
        desk.Live("two").ShouldBe("Other words about rooms.");
    }

    [Fact]
    public async Task a_change_of_only_a_link_or_emphasis_is_shown_although_the_words_are_the_same()
    {
        using var desk = new Desk(git: false);
        desk.Article("one", "See [the rooms](/blog/two), and *rest*.");
        await desk.PublishAsync("The beginning");
        desk.Article("one", "See [the rooms](/blog), and **rest**.");
        var pieces = (await desk.Publisher.FindChangesAsync("Ana", default)).Pages.Single().Pieces;
        pieces.Where(piece => piece.Kind == PieceChangeKind.Removed).ShouldHaveSingleItem().Html.ShouldContain("href=\"/blog/two\"");
        pieces.Where(piece => piece.Kind == PieceChangeKind.Added).ShouldHaveSingleItem().Html.ShouldContain("<strong>rest</strong>");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task each_page_has_a_history_and_each_version_shows_what_it_changed(bool git)
    {
        using var desk = new Desk(git);
        await desk.PublishAsync("The beginning");
        await desk.Article("one", "Second words about visits.").PublishAsync("Second words", "Ben");
        await desk.Article("two", "Third words about rooms.").PublishAsync("Rooms");
        desk.Publisher.FileOf("/blog/one", default).ShouldBe("articles/one.md");
        var history = await desk.Publisher.HistoryAsync("articles/one.md", default);
        history.Select(version => (version.Who, version.Why)).ShouldBe([("Ben", "Second words"), ("Ana", "The beginning")]);
        var changes = await desk.Publisher.ChangesOfAsync(history[0].Id, "articles/one.md", default);
        changes.Pages.ShouldHaveSingleItem().Pieces.SelectMany(piece => piece.Words).ShouldContain(new WordChange(PieceChangeKind.Added, "Second"));

        var output = new StringWriter { NewLine = "\n" };
        var command = new ContentPublish(desk.Publisher, "", output, color: false);
        (await command.HistoryAsync("/blog/one", null, default)).ShouldBe(0);
        output.ToString().ShouldContain("Ben: Second words\n");
        output.ToString().ShouldNotContain("Rooms");
        (await command.HistoryAsync("/blog/nowhere", null, default)).ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task going_back_restores_earlier_versions_step_by_step_and_keeps_unpublished_changes(bool git)
    {
        using var desk = new Desk(git);
        await desk.PublishAsync("First");
        await desk.Article("one", "Second words.").Article("extra", "Words.").PublishAsync("Second");
        await desk.Article("one", "Third words.").PublishAsync("Third");
        desk.Article("two", "Not yet published.");

        var back = await desk.Publisher.RollBackAsync(new PublishOrder("Ben", ""), null, default);
        back.State.ShouldBe(PublishState.Published);
        back.Publication!.Why.ShouldBe("Back to: Second");
        (desk.Live("one"), desk.Live("two")).ShouldBe(("Second words.", "Other words about rooms."));
        desk.Read("articles/one.md").ShouldContain("Second words.");
        desk.Read("articles/two.md").ShouldContain("Not yet published.");

        // Going back again goes one version further, and not forward to where it came from.
        (await desk.Publisher.RollBackAsync(new PublishOrder("Ben", ""), null, default)).State.ShouldBe(PublishState.Published);
        desk.Live("one").ShouldBe("First words about visits.");
        File.Exists(Path.Combine(desk.Folder, "articles/extra.md")).ShouldBeFalse();
        (await desk.Publisher.RollBackAsync(new PublishOrder("Ben", ""), null, default)).State.ShouldBe(PublishState.Blocked);

        // Nothing is ever lost: any version can be restored by its id.
        var third = (await desk.Publisher.HistoryAsync(null, default)).Single(version => version.Why == "Third");
        (await desk.Publisher.RollBackAsync(new PublishOrder("Ben", "It was right"), third.Id[..12], default)).State.ShouldBe(git ? PublishState.Published
            : PublishState.Blocked);
        (await desk.Publisher.RollBackAsync(new PublishOrder("Ben", "It was right"), third.Id, default)).State.ShouldBe(git ? PublishState.Nothing
            : PublishState.Published);
        desk.Live("one").ShouldBe("Third words.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task one_page_is_restored_and_all_others_stay_as_they_are(bool git)
    {
        using var desk = new Desk(git);
        await desk.PublishAsync("First");
        await desk.Article("one", "Second words.").PublishAsync("Second");
        await desk.Article("two", "New rooms.").Article("extra", "Words.").PublishAsync("Rooms");
        desk.Article("extra", "Not yet published.");

        var first = (await desk.Publisher.HistoryAsync("articles/one.md", default))[^1];
        var restored = await desk.Publisher.RestoreAsync(new PublishOrder("Ben", ""), "articles/one.md", first.Id, default);
        restored.State.ShouldBe(PublishState.Published);
        restored.Changes.Files.ShouldHaveSingleItem().File.ShouldBe("articles/one.md");
        (desk.Live("one"), desk.Live("two"), desk.Live("extra")).ShouldBe(("First words about visits.", "New rooms.", "Words."));
        desk.Read("articles/one.md").ShouldContain("First words");
        desk.Read("articles/extra.md").ShouldContain("Not yet published.");
        restored.Left.ShouldBeEmpty();
        (await desk.Publisher.HistoryAsync("articles/one.md", default)).Select(version => version.Why)
            .ShouldBe(["Restore articles/one.md from: First", "Second", "First"]);

        // A restored page is a change like any other, so going back undoes it. Without an id, the page's previous version is restored.
        await desk.Publisher.RollBackAsync(new PublishOrder("Ben", ""), null, default);
        desk.Live("one").ShouldBe("Second words.");
        var output = new StringWriter { NewLine = "\n" };
        var command = new ContentPublish(desk.Publisher, "", output, color: false);
        (await command.RestoreAsync(new PublishOrder("Ben", ""), "/blog/one", first.Id, default)).ShouldBe(0);
        output.ToString().ShouldContain("/blog/one  About one: changed");
        desk.Live("one").ShouldBe("First words about visits.");
        (await desk.Publisher.RestoreAsync(new PublishOrder("Ben", ""), "articles/extra.md", first.Id, default)).Changes.Obstacle
            .ShouldBe("articles/extra.md didn't exist in that version.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_page_that_no_longer_fits_the_others_is_not_restored_and_one_with_newer_words_keeps_them(bool git)
    {
        using var desk = new Desk(git);
        await desk.Article("one", "See [the rooms](/blog/two).").PublishAsync("First");
        var first = (await desk.Publisher.HistoryAsync(null, default))[0];
        await desk.Article("one", "Second words.").PublishAsync("Second");
        File.Delete(Path.Combine(desk.Folder, "articles/two.md"));
        await desk.PublishAsync("Without rooms");
        var refused = await desk.Publisher.RestoreAsync(new PublishOrder("Ben", ""), "articles/one.md", first.Id, default);
        refused.State.ShouldBe(PublishState.Refused);
        refused.Changes.Problems.ShouldContain(problem => problem.File == "articles/one.md" && problem.Key == "link");
        desk.Live("one").ShouldBe("Second words.");

        await desk.Article("one", "Third words.").PublishAsync("Third");
        desk.Article("one", "Half written.");
        var second = (await desk.Publisher.HistoryAsync("articles/one.md", default)).Single(version => version.Why == "Second");
        (await desk.Publisher.RestoreAsync(new PublishOrder("Ben", ""), "articles/one.md", second.Id, default)).Left.ShouldBe(["articles/one.md"]);
        (desk.Live("one"), desk.Read("articles/one.md").Contains("Half written.", StringComparison.Ordinal)).ShouldBe(("Second words.", true));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_file_with_unpublished_changes_stays_when_an_earlier_version_is_restored(bool git)
    {
        using var desk = new Desk(git);
        await desk.PublishAsync("First");
        await desk.Article("one", "Second words.").PublishAsync("Second");
        desk.Article("one", "Third words, half written.");
        var back = await desk.Publisher.RollBackAsync(new PublishOrder("Ben", ""), null, default);
        back.Left.ShouldBe(["articles/one.md"]);
        desk.Live("one").ShouldBe("First words about visits.");
        desk.Read("articles/one.md").ShouldContain("Third words, half written.");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task changes_made_after_an_editor_looked_are_not_published(bool git)
    {
        using var desk = new Desk(git);
        await desk.PublishAsync("First");
        desk.Article("one", "Ana's words.");
        var seen = (await desk.Publisher.FindChangesAsync("Ana", default)).Token;
        desk.Article("two", "Ben's words, half written");
        (await desk.Publisher.PublishAsync(new PublishOrder("Ana", "Mine", seen), default)).State.ShouldBe(PublishState.Stale);
        desk.Live("one").ShouldBe("First words about visits.");

        seen = (await desk.Publisher.FindChangesAsync("Ana", default)).Token;
        (await desk.PublishAsync("Both", "Ben")).State.ShouldBe(PublishState.Published);
        (await desk.Publisher.PublishAsync(new PublishOrder("Ana", "Mine", seen), default)).State.ShouldBe(PublishState.Stale);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task an_old_copy_of_the_folder_does_not_silently_undo_a_colleagues_change(bool git)
    {
        using var desk = new Desk(git);
        await desk.PublishAsync("First", "Ana");
        var old = desk.Read("articles/one.md");
        await desk.Article("one", "Ana's better words.").PublishAsync("Better", "Ana");

        // Ben uploads his folder, in which only the other article has changed.
        desk.Write("articles/one.md", old).Article("two", "Ben's words.");
        var result = await desk.PublishAsync("Rooms", "Ben");
        result.State.ShouldBe(PublishState.Conflict);
        var conflict = result.Changes.Conflicts.ShouldHaveSingleItem();
        (conflict.File, conflict.By!.Who, conflict.By.Why, conflict.GoesBack).ShouldBe(("articles/one.md", "Ana", "Better", true));
        conflict.Theirs.ShouldContain("Ana's better words.");
        desk.Live("two").ShouldBe("Other words about rooms.");

        // It may be intentional.
        (await desk.PublishAsync("Rooms, and the old visits", "Ben", "articles/one.md")).State.ShouldBe(PublishState.Published);
        (desk.Live("one"), desk.Live("two")).ShouldBe(("First words about visits.", "Ben's words."));
    }
}
