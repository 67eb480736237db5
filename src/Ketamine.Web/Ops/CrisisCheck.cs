using Ketamine.Web.Leads.Crisis;

namespace Ketamine.Web.Ops;

/// <summary><c>ops crisis check FILE</c>: what the site would make of each message, so that a clinician can try a list before signing it.</summary>
public static class CrisisCheck
{
    /// <summary>Reads one message a line and writes <c>risk</c> or <c>none</c> a line, nothing of the message; a blank line is <c>none</c>.</summary>
    /// <returns>The exit code: always 0, for finding a risk is no failure.</returns>
    public static int Run(TextReader messages, CrisisPhrases phrases, TextWriter output)
    {
        while (messages.ReadLine() is { } message) output.WriteLine(phrases.SuggestsRisk(message.TrimStart('\uFEFF')) ? "risk" : "none");
        return 0;
    }
}
