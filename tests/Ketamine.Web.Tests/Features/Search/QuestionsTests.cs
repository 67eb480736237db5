using Ketamine.Content;
using Ketamine.Web.Features.Search;
using Xunit.Abstractions;

namespace Ketamine.Web.Tests.Features.Search;

/// <summary>
/// Questions as patients type them, with the pages that answer each, best first. The weights in SearchIndex and the questions in asked.yml were chosen
/// with these sets read, except fresh-questions.tsv, by a writer who had seen neither the search nor the other sets. Only its figures say what to
/// expect of new questions.
/// </summary>
public sealed class QuestionsTests(ITestOutputHelper output)
{
    // The lowest acceptable percentages of right pages, in first place and among the first three.
    private static readonly Dictionary<string, (double First, double Three)> Lowest = new(StringComparer.Ordinal)
    {
        ["tuned"] = (96, 100), ["held out"] = (93, 98), ["third"] = (92, 98), ["read last"] = (92, 98), ["unread"] = (95, 98),
        ["late"] = (92, 96), ["phone"] = (88, 96), ["worried"] = (90, 96), ["fresh"] = (81, 95),
    };

    [Fact]
    public void everyday_questions_find_the_page_that_answers_them() => Measure("questions.tsv", PartOf);

    [Theory]
    [InlineData("unread")]
    [InlineData("late")]
    [InlineData("phone")]
    [InlineData("worried")]
    [InlineData("fresh")]
    public void new_questions_find_the_page_that_answers_them(string set) => Measure(set + "-questions.tsv", _ => set);

    [Theory]
    [InlineData("can i drink alcohol", "alcohol")]
    [InlineData("will it show up on a drug test", "test")]
    [InlineData("when can i drive", "driv")]
    public void the_excerpt_shows_the_passage_with_the_words_that_matter_most(string question, string word)
    {
        var content = ContentFolder.Read(Repository.PathOf("content")).Content.ShouldNotBeNull();
        var results = SearchIndex.Of(content).Find(SearchQuery.Parse(question), new Edition(content, new FakeClock().Now)).Results;
        results.ShouldNotBeEmpty();
        foreach (var (_, _, path, excerpt) in results.Take(3))
            excerpt.ShouldContain(piece => piece.Found && piece.Text.StartsWith(word, StringComparison.OrdinalIgnoreCase),
                $"{path}: {string.Concat(excerpt.Select(piece => piece.Text))}");
    }

    private static string PartOf(int number) => number switch { > 150 => "read last", > 125 => "third", _ => number % 2 == 0 ? "held out" : "tuned" };

    private void Measure(string file, Func<int, string> partOf)
    {
        var content = ContentFolder.Read(Repository.PathOf("content")).Content.ShouldNotBeNull();
        var (index, edition) = (SearchIndex.Of(content), new Edition(content, new FakeClock().Now));
        var all = File.ReadLines(Repository.PathOf("tests", "Ketamine.Web.Tests", "Features", "Search", file))
            .Select((line, i) => (Number: i + 1, Parts: line.Split('\t'))).ToList();
        foreach (var part in all.GroupBy(line => partOf(line.Number)).OrderBy(part => part.Key))
        {
            var (first, three) = (0.0, 0.0);
            foreach (var (number, parts) in part)
            {
                var found = index.Find(SearchQuery.Parse(parts[0]), edition).Results.Select(result => result.Path).ToList();
                var at = found.FindIndex(path => parts[1].Split(' ').Contains(path));
                if (at == 0) first++;
                if (at is >= 0 and < 3) three++;
                if (at != 0)
                    output.WriteLine(
                        $"{part.Key} {number}: \"{parts[0]}\" is answered by {parts[1]}, found at {at + 1}; "
                            + $"first results: {string.Join(" ", found.Take(3))}"
                    );
            }

            (first, three) = (100 * first / part.Count(), 100 * three / part.Count());
            output.WriteLine($"{part.Key}: first {first:0.0} %, in the first three {three:0.0} % of {part.Count()}");
            first.ShouldBeGreaterThanOrEqualTo(Lowest[part.Key].First, part.Key);
            three.ShouldBeGreaterThanOrEqualTo(Lowest[part.Key].Three, part.Key);
        }
    }
}
