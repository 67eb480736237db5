using Ketamine.Content;
using Ketamine.Web.Features.Search;
using Xunit.Abstractions;

namespace Ketamine.Web.Tests.Features.Search;

/// <summary>
/// Questions as patients type them, with the pages that answer each (questions.tsv). The first 125 lines are split by odd and even: the odd ones were
/// tuned on; the even ones were looked at once, after the first measurement (71 % first, 84 % in the first three). The next 25 were looked at
/// after that. The last 40 were written before the ranking was changed, which took them from 52 and 62 % (first, first three) to 52 and 70 %; then
/// what failed was read, and plain words were added: questions that nobody has read do as well as before that.
/// </summary>
public sealed class QuestionsTests(ITestOutputHelper output)
{
    // The least that each part has to reach: first, and in the first three.
    private static readonly Dictionary<string, (double First, double Three)> Wanted = new(StringComparer.Ordinal)
    {
        ["tuned"] = (98, 99), ["held out"] = (90, 95), ["third"] = (70, 90), ["read last"] = (67.5, 85),
    };

    [Fact]
    public void everyday_questions_find_the_page_that_answers_them()
    {
        var content = ContentFolder.Read(Repository.PathOf("content")).Content.ShouldNotBeNull();
        var (index, edition) = (SearchIndex.Of(content), new Edition(content, new FakeClock().Now));
        var all = File.ReadLines(Repository.PathOf("tests", "Ketamine.Web.Tests", "Features", "Search", "questions.tsv"))
            .Select((line, i) => (Number: i + 1, Parts: line.Split('\t'))).ToList();
        foreach (var part in all.GroupBy(line => PartOf(line.Number)).OrderBy(part => part.Key))
        {
            var (first, three) = (0.0, 0.0);
            foreach (var (number, parts) in part)
            {
                var found = index.Find(SearchQuery.Parse(parts[0]), edition).Results.Select(result => result.Path).ToList();
                var at = found.FindIndex(path => parts[1].Split(' ').Contains(path));
                if (at == 0) first++;
                if (at is >= 0 and < 3) three++;
                if (at != 0)
                    output.WriteLine($"{part.Key} {number}: \"{parts[0]}\" is answered at {at + 1} by {parts[1]}; first: {string.Join(" ", found.Take(3))}");
            }

            (first, three) = (100 * first / part.Count(), 100 * three / part.Count());
            output.WriteLine($"{part.Key}: first {first:0.0} %, in the first three {three:0.0} % of {part.Count()}");
            first.ShouldBeGreaterThanOrEqualTo(Wanted[part.Key].First, part.Key);
            three.ShouldBeGreaterThanOrEqualTo(Wanted[part.Key].Three, part.Key);
        }
    }

    private static string PartOf(int number) => number switch { > 150 => "read last", > 125 => "third", _ => number % 2 == 0 ? "held out" : "tuned" };
}
