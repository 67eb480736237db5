using Ketamine.Web.Features.Search;

namespace Ketamine.Web.Tests.Features.Search;

public sealed class WordListsTests
{
    [Fact]
    public void no_word_is_in_two_groups_of_words_that_mean_the_same() =>
        WordLists.Same.SelectMany(line => line).GroupBy(word => word).Where(same => same.Count() > 1).Select(same => same.Key).ShouldBeEmpty();

    [Fact]
    public void shorthand_is_read_as_the_word_it_stands_for()
    {
        SearchQuery.Parse("can u move my appt b4 xmas").Words.Select(word => word.Text)
            .ShouldBe(["can", "you", "move", "my", "appointment", "before", "christmas"]);
        SearchQuery.Parse("my appt").With(new Dictionary<int, string> { [1] = "apartment" }).ShouldBe("my apartment");
    }

    [Fact]
    public void shorthand_never_replaces_an_everyday_word() =>
        WordLists.Shorthand.Keys.Where(typed => typed.Length > 2).Intersect(WordLists.Everyday.Union(WordLists.Small)).ShouldBeEmpty();
}
