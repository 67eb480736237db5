using Ketamine.Content.Claims;

namespace Ketamine.Content.Tests.Claims;

/// <summary>A start skips the sentences that an earlier start has examined, but still finds every claim.</summary>
public sealed class CleanSentencesTests : IDisposable
{
    private const string Claim = "Ketamine cures depression.";
    private readonly TestFolder _folder = new();
    private readonly string _cache = Directory.CreateTempSubdirectory("clean-").FullName;

    public void Dispose()
    {
        _folder.Dispose();
        Directory.Delete(_cache, recursive: true);
    }

    [Fact]
    public void a_claim_is_found_at_every_start_and_in_a_text_that_was_clean_before()
    {
        _folder.Article("one", "The room has a window.\n");
        Errors().ShouldBeEmpty();
        _folder.Article("one", $"The room has a window. {Claim}\n");
        Errors().ShouldHaveSingleItem();
        Errors().ShouldHaveSingleItem();
    }

    [Fact]
    public void different_rules_examine_everything_again()
    {
        _folder.Article("one", "The room has a window.\n");
        Errors().ShouldBeEmpty();
        _folder.Write("claims.yml", """
            version: 1
            authorities:
              house: {basis: memory, name: Our own rule}
            claims:
              - id: windows
                severity: block
                claim: there is a window
                why: There is none.
                rule: [house]
                patterns: ['\bwindow\b']
                examples: ["The room has a window."]
                sayInstead: The room is bright.
            """);
        Errors().ShouldHaveSingleItem().ShouldContain("window");
    }

    [Fact]
    public void a_damaged_or_foreign_file_costs_only_time()
    {
        _folder.Article("one", $"The room has a window. {Claim}\n");
        Errors().ShouldHaveSingleItem();
        var file = Directory.GetFiles(_cache).ShouldHaveSingleItem();
        File.WriteAllText(file, "not what was written");
        Errors().ShouldHaveSingleItem();
        File.Delete(file);
        Directory.CreateDirectory(file);
        Errors().ShouldHaveSingleItem();
    }

    [Fact]
    public void only_hashes_are_stored()
    {
        _folder.Article("one", "The room has a window.\n");
        Errors().ShouldBeEmpty();
        var file = Directory.GetFiles(_cache).ShouldHaveSingleItem();
        File.ReadAllText(file).ShouldNotContain("window");
        var size = new FileInfo(file).Length;
        Errors().ShouldBeEmpty();
        new FileInfo(file).Length.ShouldBe(size);
    }

    private List<string> Errors() =>
        [
            .. new ContentFolder(_folder.Path) { Cache = _cache }
                .Read(CancellationToken.None)
                .Errors.Select(error => error.ToMessage()),
        ];
}
