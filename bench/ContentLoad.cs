using System.Diagnostics;
using System.Text.RegularExpressions;
using Ketamine.Content;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Ketamine.Web.Bench;

/// <summary>
/// How long a large folder takes to load, beside hugo, and how soon a change is live. The articles are the sample clinic's own, their sections and
/// sentences shuffled, so their length, links, and citations are realistic. All of them are checked against the folder's claims rules.
/// Figures are for this process from a cold start, except for a second folder, in which sentences have a made-up word, so that 98% of them are in
/// only one article: what is remembered of a sentence saves nothing there. The word makes some findings, as any change of wording does.
/// </summary>
internal static partial class ContentLoad
{
    private const int Articles = 10_000;

    public static async Task<int> RunAsync()
    {
        if (!DebianPackages.Install("hugo", "hugo")) return 2;
        var count = Scale.Of("ARTICLES", Articles);
        var folder = Directory.CreateTempSubdirectory("content-bench-").FullName;
        var data = Directory.CreateTempSubdirectory("content-bench-data-").FullName;
        try
        {
            var bytes = Generate(Path.GetFullPath("content"), folder, count);
            Console.WriteLine(
                $"{count:N0} articles, {bytes / 1024.0 / 1024.0:0.0} MB, {Environment.ProcessorCount} cores, "
                    + $"{(File.Exists(Path.Combine(folder, "claims.yml")) ? "with its own" : "with the site's")} claims.yml"
            );

            var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Content:Path", folder), new("Data:Path", data)]).Build();
            await using var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddLogging().AddContent(configuration)
                .AddHostedService<ContentWatcher>().BuildServiceProvider();
            var time = Stopwatch.StartNew();
            var busy = Environment.CpuUsage.TotalTime;
            ContentStore store;
            try
            {
                store = services.GetRequiredService<ContentStore>();
            }
            catch (ContentException bad)
            {
                foreach (var problem in bad.Problems.Where(problem => problem.Severity == DiagnosticSeverity.Error).Take(20))
                    Console.WriteLine(problem.ToMessage());
                return 1;
            }

            Console.WriteLine(
                $"load                        {time.Elapsed.TotalSeconds, 7:0.00} s   "
                    + $"(wanted: no longer than hugo; {(Environment.CpuUsage.TotalTime - busy).TotalSeconds:0.00} s of processor time)"
            );
            Console.WriteLine(
                $"hugo, the same articles     {BuildWithHugo(folder).TotalSeconds, 7:0.00} s   (renders every page; doesn't check claims or citations)");
            Console.WriteLine(
                $"collections                 {GC.CollectionCount(0), 7} + {GC.CollectionCount(1)} + {GC.CollectionCount(2)}, "
                    + $"{GC.GetTotalPauseDuration().TotalSeconds:0.00} s of pauses"
            );
            Console.WriteLine($"memory held                 {GC.GetTotalMemory(forceFullCollection: true) / 1024.0 / 1024.0,7:0} MB");

            var watchers = services.GetServices<IHostedService>().ToList();
            foreach (var watcher in watchers) await watcher.StartAsync(CancellationToken.None);
            await Task.Delay(3000);
            var article = Path.Combine(folder, "articles", "bench-0.md");
            var text = await File.ReadAllTextAsync(article);
            var slowest = TimeSpan.Zero;
            for (var change = 0; change < 5; change++)
            {
                var before = store.Current.Content;
                await File.WriteAllTextAsync(article, text + $"\nChange {change}.\n");
                time.Restart();
                while (store.Current.Content == before) await Task.Delay(1);
                if (time.Elapsed > slowest) slowest = time.Elapsed;
                await Task.Delay(500);
            }

            Console.WriteLine($"a change live, slowest of 5 {slowest.TotalSeconds,7:0.00} s   (wanted: under 0.5)");
            time.Restart();
            var html = store.Current.Articles[0].Body.Html;
            Console.WriteLine($"one article rendered        {time.Elapsed.TotalMilliseconds,7:0.0} ms  ({html.Length / 1024} KB)");
            foreach (var watcher in watchers) await watcher.StopAsync(CancellationToken.None);
            LoadWithoutRepeatedSentences(count);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
            Directory.Delete(data, recursive: true);
        }
    }

    private static void LoadWithoutRepeatedSentences(int count)
    {
        var folder = Directory.CreateTempSubdirectory("content-bench-").FullName;
        try
        {
            Generate(Path.GetFullPath("content"), folder, count, repeat: false);
            var (time, busy) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            var reading = ContentFolder.Read(folder);
            Console.WriteLine(
                $"load, no sentence repeated  {time.Elapsed.TotalSeconds, 7:0.00} s   "
                    + $"({(Environment.CpuUsage.TotalTime - busy).TotalSeconds:0.00} s of processor time; {reading.Problems.Length:N0} findings)");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>How long hugo takes to build the folder's articles, with a page for each and nothing else.</summary>
    private static TimeSpan BuildWithHugo(string folder)
    {
        var site = Directory.CreateTempSubdirectory("hugo-bench-").FullName;
        try
        {
            var (articles, layouts) = (Path.Combine(site, "content", "blog"), Path.Combine(site, "layouts", "_default"));
            Directory.CreateDirectory(articles);
            Directory.CreateDirectory(layouts);
            var files = Directory.GetFiles(Path.Combine(folder, "articles"), "bench-*.md");
            foreach (var file in files)
                File.WriteAllText(Path.Combine(articles, Path.GetFileName(file)), File.ReadAllText(file).Replace("\npublished: ", "\ndate: "));
            File.WriteAllText(Path.Combine(site, "config.toml"), """
                baseURL = "https://clinic.example/"
                title = "Clinic"
                disableKinds = ["taxonomy", "term", "RSS", "sitemap"]

                """);
            const string Page = """<!doctype html><html lang="en"><title>{{ .Title }}</title><h1>{{ .Title }}</h1>{{ .Content }}</html>""";
            File.WriteAllText(Path.Combine(layouts, "single.html"), Page);
            File.WriteAllText(Path.Combine(layouts, "list.html"), Page);
            var time = Stopwatch.StartNew();
            using var hugo = Process.Start(new ProcessStartInfo("hugo", ["--quiet", "--source", site]))!;
            hugo.WaitForExit();
            time.Stop();
            var pages = Directory.EnumerateFiles(Path.Combine(site, "public", "blog"), "index.html", SearchOption.AllDirectories).Count();
            if (hugo.ExitCode != 0 || pages < files.Length) throw new InvalidOperationException($"hugo built {pages} pages (exit {hugo.ExitCode})");
            return time.Elapsed;
        }
        finally
        {
            Directory.Delete(site, recursive: true);
        }
    }

    /// <summary>Copies the sample clinic and adds made-up articles; the bytes of the articles.</summary>
    /// <param name="repeat">Whether two articles may have the same sentence.</param>
    internal static long Generate(string sample, string folder, int count, bool repeat = true)
    {
        foreach (var file in Directory.EnumerateFiles(sample, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(folder, Path.GetRelativePath(sample, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        var random = new Random(2026);
        var sections = Directory.EnumerateFiles(Path.Combine(sample, "articles")).Order(StringComparer.Ordinal)
            .SelectMany(file => File.ReadAllText(file).Split("\n---\n", 2)[1].Split("\n## ").Skip(1)).ToArray();
        var (bytes, words) = (0L, 0);
        for (var i = 0; i < count; i++)
        {
            var body = string.Concat(Enumerable.Range(0, 7).Select(_ => "## " + Shuffled(sections[random.Next(sections.Length)], random) + "\n\n"));
            if (!repeat) body = FirstWord().Replace(body, first => $"{first.Value}{MadeUp(words++)} ");
            // What every article about ketamine must include.
            body += "## Risks\n\n{{safety no ketamine brief}}\n";
            var text =
                $"---\ntitle: Made up for measuring, number {i}\nsummary: An article made of other articles' sentences.\n"
                    + $"published: {2000 + (i % 26)}-{1 + (i % 12):00}-{1 + (i % 28):00}\nauthors: [editorial-team]\ntopics: [bench-{i % 40}]\n---\n{body}";
            bytes += text.Length;
            File.WriteAllText(Path.Combine(folder, "articles", $"bench-{i}.md"), text);
        }

        return bytes;
    }

    /// <summary>A word that can be spoken, another for each number.</summary>
    private static string MadeUp(int number)
    {
        var word = "";
        for (var rest = number + 1_000_000; rest > 0; rest /= 100) word += $"{"bcdfghjklmnpqrstvwxz"[rest % 20]}{"aeiou"[rest / 20 % 5]}";
        return word;
    }

    // The capitalized word that begins a sentence, heading, item, or cell, and any other before a word or number.
    [GeneratedRegex(@"(?<=^|[^\w'’-])[A-Z][A-Za-z'’]*,? (?=[A-Za-z0-9\[])")]
    private static partial Regex FirstWord();

    // Sentences are shuffled within plain paragraphs; lists, tables, figures, and callouts stay whole.
    private static string Shuffled(string section, Random random) => string.Join("\n\n", section.Split("\n\n").Select((block, index) =>
    {
        if (index == 0 || block.Length == 0 || !char.IsLetter(block[0]) || block.Contains("\n:   ") || block.Contains(":::")) return block;
        var sentences = block.Split(". ");
        random.Shuffle(sentences);
        return string.Join(". ", sentences.Select(sentence => sentence.TrimEnd('.'))) + ".";
    }));
}
