using Ketamine.Web.Leads.Crisis;

namespace Ketamine.Web.Ops;

/// <summary><c>ops crisis check FILE</c>: shows how the site would classify each message, for a clinician to try before signing the phrases.</summary>
public static class CrisisCheck
{
    /// <summary>
    /// Reads one message per line and writes <c>emergency</c>, <c>risk</c>, or <c>none</c> for each, never the message itself; a blank line is <c>none</c>.
    /// </summary>
    /// <param name="why">
    /// Also writes, indented, the matching phrase and the words that weigh most for and against risk. These quote the message.
    /// </param>
    /// <returns>The exit code, always 0: finding a risk isn't a failure.</returns>
    public static int Run(TextReader messages, CrisisNotice notice, bool why, TextWriter output)
    {
        while (messages.ReadLine()?.TrimStart('\uFEFF') is { } message)
        {
            var signs = notice.Read(message);
            output.WriteLine(signs.Emergency ? "emergency" : signs.Risk ? "risk" : "none");
            if (why && !string.IsNullOrWhiteSpace(message)) Explain(notice.Why(message), output);
        }

        return 0;
    }

    private static void Explain(CrisisReasons reasons, TextWriter output)
    {
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"    weight {reasons.Weight:+0.00;-0.00}, compared with {Compared(reasons.Against)}; marked from {CrisisWeights.RiskFrom:+0.00;-0.00}"));
        output.WriteLine($"    for: {Words(reasons.Raise)}");
        output.WriteLine($"    against: {Words(reasons.Lower)}");
        output.WriteLine($"    phrase: {reasons.Phrase ?? "none matches"}");
        if (reasons.Signs.Emergency) output.WriteLine($"    emergency: {reasons.Emergency}");
    }

    private static string Compared(MessageKind against) =>
        against is MessageKind.Hard ? "messages that only sound like risk" : "everyday messages";

    private static string Words(IReadOnlyCollection<(string Word, double Weight)> words) => words.Count == 0
        ? "nothing"
        : string.Join(", ", words.Select(word => string.Create(CultureInfo.InvariantCulture, $"{word.Word} {word.Weight:+0.00;-0.00}")));
}
