using System.Diagnostics;
using Ketamine.Web.Leads;
using Ketamine.Web.Leads.Crisis;
using Ketamine.Web.Tests.Leads.Crisis;

namespace Ketamine.Web.Bench;

/// <summary>
/// <c>crisis</c>: how many messages the crisis notice catches, by writer, language, and family, with the worst misses and false alarms, and how
/// long it takes. A fifth of the writers at a time is judged by weights learned from the others. Run it in the repository's root.
/// </summary>
internal static class CrisisFigures
{
    private const int MessagesADay = 15;
    private const int Groups = 5;

    public static Task<int> RunAsync()
    {
        var (messages, classes) = HeldOutMessages.Read(Path.Combine("src", "Ketamine.Web", "Leads", "Crisis"));
        var writers = messages.Select(message => message.Writer).Distinct().Where(writer => writer.StartsWith("writer", StringComparison.Ordinal)).ToList();
        var judged = writers.Index().GroupBy(writer => writer.Index % Groups, writer => writer.Item).AsParallel()
            .SelectMany(group => HeldOutMessages.Judge(messages, classes, [.. group]))
            .OrderBy(message => message.Labeled.Writer, StringComparer.Ordinal).ToList();

        Console.WriteLine(
            $"{messages.Count} messages, {judged.Count} of them by {writers.Count} writers; "
                + $"{messages.Count(message => message.Kind is MessageKind.Contested)} contested, "
                + $"{messages.Count(message => message.First is not null)} relabeled"
        );
        Console.WriteLine(
            $"\n{"held out", -12}{"risk", 6}{"noticed", 9}{"by weights", 12}{"by phrases", 12}{"emergency", 11}{"noticed", 9}{"911", 9}"
                + $"{"hard", 8}{"by phrases", 12}{"ordinary", 10}{"911", 9}"
        );
        foreach (var writer in judged.GroupBy(message => message.Labeled.Writer)) Row(writer.Key, [.. writer]);
        foreach (var language in judged.GroupBy(message => message.Labeled.Language).OrderBy(group => group.Key, StringComparer.Ordinal))
            Row(language.Key, [.. language]);
        Row("all", judged);

        Console.WriteLine("\nweights alone, by threshold");
        foreach (var from in new[] { -1.2, -1, -0.9, -0.8, CrisisWeights.RiskFrom, -0.7, -0.6, -0.5, -0.25, 0, 0.25, 0.5, 0.75, 1 })
        {
            var (noticed, mistaken, calm) = (
                Share(judged, MessageKind.Risk, Marked),
                Share(judged, MessageKind.Hard, Marked),
                Share(judged, MessageKind.Ordinary, Marked)
            );
            Console.WriteLine($"{from,6:F2}: risk {noticed,6:P1}, hard {mistaken,6:P1}, ordinary {calm,6:P1}");

            bool Marked(HeldOutMessage message) => message.Weight >= from;
        }

        Console.WriteLine("\nweights alone, by share of ordinary messages marked");
        var calmest = judged.Where(message => message.Labeled.Kind is MessageKind.Ordinary).Select(message => message.Weight).OrderDescending().ToList();
        foreach (var share in new[] { 0.005, 0.01, 0.02, 0.04 })
        {
            var from = calmest[(int)(calmest.Count * share)];
            var (noticed, mistaken) = (Share(judged, MessageKind.Risk, Above), Share(judged, MessageKind.Hard, Above));
            Console.WriteLine($"ordinary {share,6:P1}: above {from:F2}, risk {noticed,6:P1}, hard {mistaken,6:P1}");

            bool Above(HeldOutMessage message) => message.Weight > from;
        }

        Console.WriteLine("\nby family: noticed of all");
        foreach (var kind in new[] { MessageKind.Risk, MessageKind.Emergency, MessageKind.Hard, MessageKind.Ordinary })
        {
            var families = judged.Where(message => message.Labeled.Kind == kind).GroupBy(message => message.Labeled.Family)
                .Where(family => family.Count() >= 15).OrderByDescending(family => family.Count());
            Console.WriteLine(
                $"{kind}: " + string.Join(", ", families.Select(family => $"{family.Key} {family.Count(message => message.Noticed)}/{family.Count()}"))
            );
        }

        Worst(
            "risk and emergencies that were missed",
            judged.Where(message => message.Labeled.Kind is MessageKind.Risk or MessageKind.Emergency && !message.Noticed).OrderBy(message => message.Weight)
        );
        foreach (var kind in new[] { MessageKind.Hard, MessageKind.Ordinary })
            Worst(
                $"{kind} taken for risk",
                judged.Where(message => message.Labeled.Kind == kind && message.Noticed).OrderByDescending(message => message.Weight)
            );

        var ordinary = Share(judged, MessageKind.Ordinary, message => message.Noticed);
        Console.WriteLine($"\nfalse marks a week at {MessagesADay} ordinary messages a day: {ordinary * MessagesADay * 7:F1}");
        var isFast = Speed([.. judged.Where(message => message.Labeled.Kind is MessageKind.Ordinary).Select(message => message.Labeled.Text)]);
        return Task.FromResult(isFast ? 0 : 1);
    }

    private static void Row(string name, List<HeldOutMessage> some)
    {
        Console.WriteLine(
            $"{name, -12}{Count(MessageKind.Risk), 6}{Part(MessageKind.Risk, m => m.Noticed), 9:P1}{Part(MessageKind.Risk, m => m.ByWeights), 12:P1}"
                + $"{Part(MessageKind.Risk, m => m.ByPhrases), 12:P1}{Count(MessageKind.Emergency), 11}{Part(MessageKind.Emergency, m => m.Noticed), 9:P1}"
                + $"{Part(MessageKind.Emergency, m => m.Emergency), 9:P1}{Part(MessageKind.Hard, m => m.Noticed), 8:P1}"
                + $"{Part(MessageKind.Hard, m => m.ByPhrases), 12:P1}{Part(MessageKind.Ordinary, m => m.Noticed), 10:P1}"
                + $"{Part(MessageKind.Ordinary, m => m.Emergency), 9:P1}"
        );

        int Count(MessageKind kind) => some.Count(message => message.Labeled.Kind == kind);

        double Part(MessageKind kind, Func<HeldOutMessage, bool> counts) => Share(some, kind, counts);
    }

    private static void Worst(string what, IEnumerable<HeldOutMessage> messages)
    {
        Console.WriteLine($"\nthe ten worst: {what}");
        foreach (var message in messages.Take(10))
            Console.WriteLine($"{message.Weight,6:F2} {message.Labeled.Writer} {message.Labeled.Family}: {message.Labeled.Text.ReplaceLineEndings(" / ")}");
    }

    private static double Share(List<HeldOutMessage> some, MessageKind kind, Func<HeldOutMessage, bool> counts)
    {
        var of = some.Where(message => message.Labeled.Kind == kind).ToList();
        return of.Count == 0 ? 0 : (double)of.Count(counts) / of.Count;
    }

    private static bool Speed(List<string> ordinary)
    {
        var notice = CrisisNotice.Default;
        var ten = Enumerable.Range(0, 10_000).Select(i => ordinary[i % ordinary.Count]).ToList();
        foreach (var message in ten.Take(2000)) notice.Read(message);
        var before = Environment.CpuUsage.TotalTime;
        foreach (var message in ten) notice.Read(message);
        var seconds = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        Console.WriteLine($"\n10,000 ordinary messages: {seconds:F2} s, limit 1 s");

        var slowest = 0.0;
        string[] parts =
        [
            "i want to die ", "not never no want to ", "a b c d e f ", "kill myself? ", "aaaaaaaaaaaaaaaa", "quiero no quiero ",
            "my my family wife and kids ",
        ];
        foreach (var part in parts)
        {
            var hostile = string.Concat(Enumerable.Repeat(part, (20_000 / part.Length) + 1))[..20_000];
            notice.Read(hostile);
            var best = Enumerable.Range(0, 5).Min(_ =>
            {
                var start = Stopwatch.GetTimestamp();
                notice.Read(hostile);
                return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            });
            slowest = Math.Max(slowest, best);
            Console.WriteLine($"20,000 characters of \"{part}\": {best:F1} ms, limit 50 ms");
        }

        return seconds < 1 && slowest < 50;
    }
}
