using Ketamine.Content.Publishing;

namespace Ketamine.Content.Tests.Publishing;

/// <summary>Two editors, each with a clone of a shared repository.</summary>
public sealed class GitRepositoryTests
{
    [Fact]
    public async Task two_editors_who_change_different_pages_get_both_changes()
    {
        using var desk = new Desk(git: true);
        await desk.PublishAsync("First");
        var (ben, bens) = desk.Clone(desk.Share(), "ben");
        await desk.Article("one", "Ana's words.").PublishAsync("Ana's", "Ana");

        desk.ArticleIn(ben, "two", "Ben's words.");
        var looked = await bens.FindChangesAsync("Ben", default);
        looked.Incoming.ShouldHaveSingleItem().Why.ShouldBe("Ana's");
        looked.Pages.Select(page => page.Path).ShouldBe(["/blog/one", "/blog/two"], ignoreOrder: true);
        (await bens.PublishAsync(new PublishOrder("Ben", "Ben's", looked.Token), default)).State.ShouldBe(PublishState.Published);
        File.ReadAllText(Path.Combine(ben, "articles/one.md")).ShouldContain("Ana's words.");
        Desk.Git(ben, "status", "--porcelain").ShouldBe("");

        // Ana has no changes of her own and gets Ben's.
        (await desk.PublishAsync("Take it in", "Ana")).State.ShouldBe(PublishState.Published);
        (desk.Live("one"), desk.Live("two")).ShouldBe(("Ana's words.", "Ben's words."));
        desk.Read("articles/two.md").ShouldContain("Ben's words.");
        (await desk.Publisher.HistoryAsync("articles/two.md", default)).Select(version => version.Who).ShouldBe(["Ben", "Ana"]);
    }

    [Fact]
    public async Task two_editors_who_change_the_same_place_see_both_versions_and_nothing_is_lost()
    {
        using var desk = new Desk(git: true);
        await desk.PublishAsync("First");
        var remote = desk.Share();
        var (ben, bens) = desk.Clone(remote, "ben");
        await desk.Article("one", "Ana's words about visits.").PublishAsync("Ana's", "Ana");

        desk.ArticleIn(ben, "one", "Ben's words about visits.");
        var head = Desk.Git(ben, "rev-parse", "HEAD");
        var result = await bens.PublishAsync(new PublishOrder("Ben", "Ben's"), default);
        result.State.ShouldBe(PublishState.Conflict);
        var conflict = result.Changes.Conflicts.ShouldHaveSingleItem();
        (conflict.File, conflict.By!.Who, conflict.Yours, conflict.Theirs).ShouldBe(("articles/one.md", "Ana", "Ben's words about visits.",
            "Ana's words about visits."));
        // The folder, its repository, and the shared one are unchanged.
        File.ReadAllText(Path.Combine(ben, "articles/one.md")).ShouldContain("Ben's words about visits.");
        Desk.Git(ben, "rev-parse", "HEAD").ShouldBe(head);
        Desk.Git(remote, "log", "-1", "--format=%s", "main").ShouldBe("Ana's\n");

        // Ben combines both changes in his file and keeps it.
        desk.ArticleIn(ben, "one", "Ana's and Ben's words about visits.");
        (await bens.PublishAsync(new PublishOrder("Ben", "Both", Keep: ["articles/one.md"]), default)).State.ShouldBe(PublishState.Published);
        Desk.Git(remote, "show", "main:articles/one.md").ShouldContain("Ana's and Ben's words about visits.");
        Desk.Git(remote, "log", "--format=%s", "main").ShouldContain("Ana's\n");
    }

    [Fact]
    public async Task restoring_one_page_never_undoes_what_others_have_in_the_repository()
    {
        using var desk = new Desk(git: true);
        await desk.PublishAsync("First");
        await desk.Article("one", "Second words about visits.").PublishAsync("Second");
        var first = (await desk.Publisher.HistoryAsync("articles/one.md", default))[^1].Id;
        var remote = desk.Share();
        var (ben, bens) = desk.Clone(remote, "ben");
        await bens.PublishAsync(new PublishOrder("Ben", "Here too"), default);
        await desk.Article("two", "Ana's rooms.").PublishAsync("Rooms", "Ana");

        // A colleague's change to another page is included.
        var restored = await bens.RestoreAsync(new PublishOrder("Ben", ""), "articles/one.md", first, default);
        restored.State.ShouldBe(PublishState.Published);
        Desk.Git(remote, "show", "main:articles/one.md").ShouldContain("First words");
        Desk.Git(remote, "show", "main:articles/two.md").ShouldContain("Ana's rooms.");

        // A colleague's change to the same page is a conflict, and nothing is lost.
        await desk.PublishAsync("Take it in", "Ana");
        await desk.Article("one", "Ana's words about visits.").PublishAsync("Ana's", "Ana");
        var second = (await bens.HistoryAsync("articles/one.md", default)).Single(version => version.Why == "Second").Id;
        var clash = await bens.RestoreAsync(new PublishOrder("Ben", ""), "articles/one.md", second, default);
        clash.State.ShouldBe(PublishState.Conflict);
        clash.Changes.Conflicts.ShouldHaveSingleItem().By!.Who.ShouldBe("Ana");
        Desk.Git(remote, "show", "main:articles/one.md").ShouldContain("Ana's words");

        // A manual commit that hasn't been published isn't undone either.
        await desk.PublishAsync("Level", "Ana");
        desk.Article("two", "By hand.");
        Desk.Git(desk.Folder, "-c", "user.name=Dev", "-c", "user.email=dev@example.org", "commit", "-q", "-am", "By hand");
        var held = await desk.Publisher.RestoreAsync(new PublishOrder("Ana", ""), "articles/one.md", first, default);
        held.Changes.Obstacle.ShouldNotBeNull().ShouldContain("“By hand” by Dev");
        Desk.Git(desk.Folder, "show", "HEAD:articles/two.md").ShouldContain("By hand.");
        _ = ben;
    }

    [Fact]
    public async Task changes_that_merge_as_text_but_break_the_site_do_not_go_live()
    {
        using var desk = new Desk(git: true);
        await desk.PublishAsync("First");
        var (ben, bens) = desk.Clone(desk.Share(), "ben");
        File.Delete(Path.Combine(desk.Folder, "articles/two.md"));
        await desk.PublishAsync("Without rooms", "Ana");

        desk.ArticleIn(ben, "one", "See [the rooms](/blog/two).");
        var result = await bens.PublishAsync(new PublishOrder("Ben", "A link"), default);
        result.State.ShouldBe(PublishState.Refused);
        result.Changes.Problems.ShouldContain(problem => problem.File == "articles/one.md" && problem.Key == "link");
        Desk.Git(ben, "log", "-1", "--format=%s").ShouldBe("First\n");
    }

    [Fact]
    public async Task an_unreachable_repository_is_reported_and_does_not_prevent_publishing()
    {
        using var desk = new Desk(git: true);
        await desk.PublishAsync("First");
        var remote = desk.Share();
        Directory.Move(remote, remote + "-away");
        var result = await desk.Article("one", "Ana's words.").PublishAsync("Ana's");
        result.State.ShouldBe(PublishState.Published);
        result.Note.ShouldNotBeNull().ShouldContain("origin");
        desk.Live("one").ShouldBe("Ana's words.");
        Directory.Move(remote + "-away", remote);
        (await desk.Article("two", "More.").PublishAsync("More")).Note.ShouldBeNull();
        Desk.Git(remote, "log", "--format=%s", "main").ShouldBe("More\nAna's\nFirst\n");
    }

    [Fact]
    public async Task a_folder_in_a_larger_repository_is_published_without_the_rest()
    {
        using var desk = new Desk(git: true);
        var top = desk.New("repository");
        Directory.Move(desk.Folder, Path.Combine(top, "content"));
        desk.WriteIn(top, "README.md", "Ours.").WriteIn(top, "content/.gitignore", "notes/\n").WriteIn(top, "content/notes/a.txt", "Private.");
        Desk.Git(top, "init", "-q", "-b", "main", ".");
        Desk.Git(top, "add", "README.md");
        Desk.Git(top, "-c", "user.name=Dev", "-c", "user.email=dev@example.org", "commit", "-q", "-m", "Read me");
        desk.WriteIn(top, "README.md", "Changed.").WriteIn(top, "staged.txt", "Staged.");
        Desk.Git(top, "add", "staged.txt");
        var publisher = new Publisher(new LiveCopies(Path.Combine(top, "content"), desk.New("data2")), desk.Clock);
        (await publisher.PublishAsync(new PublishOrder("Ana", "First"), default)).State.ShouldBe(PublishState.Published);
        Desk.Git(top, "show", "--stat", "--format=%an %s", "HEAD").ShouldSatisfyAllConditions(
            text => text.ShouldContain("content/articles/one.md"), text => text.ShouldNotContain("README"), text => text.ShouldNotContain("staged"), text =>
                text.ShouldNotContain("notes"));
        Desk.Git(top, "status", "--porcelain").ShouldBe(" M README.md\nA  staged.txt\n");
        desk.ArticleIn(Path.Combine(top, "content"), "one", "Second.");
        (await publisher.PublishAsync(new PublishOrder("Ana", "Second"), default)).State.ShouldBe(PublishState.Published);
        (await publisher.RollBackAsync(new PublishOrder("Ana", ""), null, default)).State.ShouldBe(PublishState.Published);
        File.ReadAllText(Path.Combine(top, "content/articles/one.md")).ShouldContain("First words");
        Desk.Git(top, "show", "HEAD:README.md").ShouldBe("Ours.");
    }

    [Fact]
    public async Task an_unfinished_merge_and_a_detached_head_are_reported_before_anything_is_done()
    {
        using var desk = new Desk(git: true);
        await desk.PublishAsync("First");
        Desk.Git(desk.Folder, "checkout", "-q", "--detach");
        var result = await desk.Article("one", "Lost?").PublishAsync("Lost?");
        (result.State, result.Changes.Obstacle).ShouldBe((PublishState.Blocked,
            "git isn't on a branch, so a publication would be lost. Switch to one first: git switch main"));
        Desk.Git(desk.Folder, "switch", "-q", "main");
        File.WriteAllText(Path.Combine(desk.Folder, ".git", "MERGE_HEAD"), Desk.Git(desk.Folder, "rev-parse", "HEAD"));
        (await desk.PublishAsync("Lost?")).Changes.Obstacle.ShouldNotBeNull().ShouldContain("git merge --abort");
    }
}
