using System.Collections.Immutable;
using System.Diagnostics;
using Ketamine.Content;
using Ketamine.Web.Features.Search;

namespace Ketamine.Web.Bench;

/// <summary>
/// How long a search takes over many articles. They are made of the sample clinic's paragraphs, shuffled, so word frequencies are realistic. The
/// queries are of every kind: one common word, several, questions, prefixes, phrases, typos, and words that occur nowhere.
/// </summary>
internal static class SearchSpeed
{
    private const int Rounds = 100;

    private static readonly string[] Queries =
    [
        "ketamine", "depression", "ketamine depression", "blood pressure", "\"blood pressure\"", "bladder",
        "how does ketamine work in the brain", "ket", "dep", "s", "what is esketamine", "ketmaine", "esketamin", "depresion treatment",
        "side effects", "who should not have it", "\"randomized trial\"", "pain", "ptsd", "glutamate receptor plasticity", "the",
        "zzzzqqqq", "can i drive home after an infusion", "cost", "anxeity", "suicidal thoughts", "bdnf", "at-home lozenges",
        "\"side effects\" ketamine", "people who took part in the trials and what they felt during the day after",
    ];

    public static Task<int> RunAsync()
    {
        var count = Scale.Of("ARTICLES", 10_000);
        var sample = ContentFolder.Read(Path.GetFullPath("content")).Content ?? throw new InvalidOperationException("content/ has errors");
        var content = Generate(sample, count);
        var edition = new Edition(content, DateTimeOffset.MaxValue.AddYears(-1));

        var time = Stopwatch.StartNew();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var index = SearchIndex.Of(content);
        Console.WriteLine(
            $"{count:N0} articles, {content.Articles.Average(article => article.Body.Words):0} words each on average, {Environment.ProcessorCount} cores"
        );
        Console.WriteLine(
            $"index built, off the request's path {time.Elapsed.TotalSeconds, 7:0.00} s, "
                + $"{(GC.GetTotalMemory(forceFullCollection: true) - before) / 1024.0 / 1024.0:0} MB"
        );

        foreach (var query in Queries) index.Find(SearchQuery.Parse(query), edition);
        var times = new List<(double Milliseconds, string Query)>();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var query in Queries)
            {
                time.Restart();
                index.Find(SearchQuery.Parse(query), edition);
                times.Add((time.Elapsed.TotalMilliseconds, query));
            }
        }

        var all = times.Select(one => one.Milliseconds).ToList();
        Console.WriteLine($"{times.Count:N0} searches: p50 {all.At(0.5):0.00} ms, p99 {all.At(0.99):0.00} ms (wanted: under 10), slowest {all.At(1):0.00} ms");
        var medians = times
            .GroupBy(one => one.Query)
            .Select(same => (Query: same.Key, Median: same.Select(one => one.Milliseconds).At(0.5)));
        foreach (var slow in medians.OrderByDescending(one => one.Median).Take(5))
            Console.WriteLine($"  {slow.Median, 6:0.00} ms in the median: {slow.Query}");
        return Task.FromResult(all.At(0.99) < 10 ? 0 : 1);
    }

    private static SiteContent Generate(SiteContent sample, int count)
    {
        var random = new Random(2026);
        var paragraphs = sample.Articles.SelectMany(article => article.Body.PlainText.Split('\n')).Where(line => line.Length > 40).ToArray();
        var articles = Enumerable.Range(0, count).Select(i =>
        {
            var model = sample.Articles[i % sample.Articles.Length];
            var text = string.Join('\n', Enumerable.Range(0, 25).Select(_ => paragraphs[random.Next(paragraphs.Length)]));
            return model with
            {
                Slug = Slug.Parse($"made-up-{i}"),
                Title = $"{model.Title}, {i}",
                Body = new Prose(
                    () => new ProseDocument("", new MarkdownStrings("en"), [], []), _ => "", () => new ProseContents(model.Body.Headings, [], [], []))
                {
                    PlainText = text,
                    Words = text.Split(' ').Length,
                },
            };
        });
        return new SiteContent
        {
            Clinic = sample.Clinic,
            People = sample.People,
            Pages = sample.Pages,
            Services = sample.Services,
            Faqs = sample.Faqs,
            Version = "bench",
            Articles = [.. articles],
        };
    }
}
