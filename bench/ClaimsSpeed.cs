using System.Diagnostics;
using Ketamine.Content.Claims;

namespace Ketamine.Web.Bench;

/// <summary>
/// How long the claims gate takes over the sample's own prose, with every sentence new to the gate. In processor time, which a busy machine affects less.
/// Run it where content/ is.
/// </summary>
internal static class ClaimsSpeed
{
    private const int Rounds = 5;
    private const double LimitMicroseconds = 15;

    public static Task<int> RunAsync()
    {
        var clock = Stopwatch.StartNew();
        var rules = ClaimRules.Site;
        var gate = new ClaimsGate(rules);
        Console.WriteLine($"rules ready in {clock.Elapsed.TotalMilliseconds:F0} ms");

        // Paragraph by paragraph, without front matter; Markdown's marks make no difference to the speed.
        var sentences = Directory.EnumerateFiles("content", "*.md", SearchOption.AllDirectories)
            .Select(path => File.ReadAllText(path).Split("\n---\n", 2)[^1])
            .SelectMany(text => MarkdownSentences.OfText(text, ClaimSetting.Text)).DistinctBy(sentence => sentence.Text).ToList();
        var average = 0.0;
        for (var round = 1; round <= Rounds; round++)
        {
            gate = new ClaimsGate(rules); // knows no sentence yet
            var before = Environment.CpuUsage.TotalTime;
            var found = 0;
            foreach (var sentence in sentences) found += gate.Examine(sentence.Text, sentence.Cited, ClaimSetting.Text).Length;
            average = (Environment.CpuUsage.TotalTime - before).TotalMicroseconds / sentences.Count;
            Console.WriteLine($"round {round}: {sentences.Count} sentences, {found} findings, {average:F1} µs a sentence");
        }

        Console.WriteLine($"last round {average:F1} µs, limit {LimitMicroseconds} µs");
        return Task.FromResult(average <= LimitMicroseconds ? 0 : 1);
    }
}
