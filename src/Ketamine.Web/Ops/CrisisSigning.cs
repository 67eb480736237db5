using Ketamine.Web.Leads;
using Ketamine.Web.Leads.Crisis;

namespace Ketamine.Web.Ops;

/// <summary>
/// <c>ops crisis sign FILE --by NAME</c>, and the warning of <c>content check</c> while no clinician has signed the phrases that must never be missed.
/// </summary>
public static class CrisisSigning
{
    /// <summary>Signs a list. Returns 1, with the reasons on <paramref name="output"/>, if it has errors.</summary>
    public static int Sign(string file, string by, DateOnly on, TextWriter output)
    {
        var yaml = RegularFile.ReadText(file);
        try
        {
            CrisisPhrases.Load(yaml, file);
        }
        catch (CrisisPhrasesException errors)
        {
            output.WriteLine(errors.Message);
            return 1;
        }

        File.WriteAllText(file, CrisisSignature.Write(yaml, by.Trim(), on));
        output.WriteLine(
            $"{file}: signed by {by.Trim()} on {on:yyyy-MM-dd}. Any change to its words voids that. The site uses it once Leads:CrisisPhrases names it.");
        return 0;
    }

    /// <summary>A warning for a real clinic whose list isn't signed; nothing for a sample.</summary>
    /// <param name="list">The file that Leads:CrisisPhrases names; null for the built-in list.</param>
    public static IEnumerable<Diagnostic> Check(Clinic clinic, string? list)
    {
        if (clinic.Sample) yield break;
        string found;
        try
        {
            var phrases = LeadServices.Phrases(list);
            if (phrases.Signed is not null) yield break;
            found = list is null ? "no clinician has signed the built-in list"
                : phrases.ChangedSinceSigned ? $"{list} has changed since it was signed"
                : $"no clinician has signed {list}";
        }
        catch (CrisisPhrasesException errors)
        {
            found = errors.Message;
        }

        yield return new Diagnostic(
            "clinic.yml", 0, "Leads:CrisisPhrases", found,
            "a copy of crisis-phrases.yml that a clinician has read (15 minutes) and signed: ops crisis sign FILE --by \"Name, credentials\"")
        {
            Severity = DiagnosticSeverity.Warning,
        };
    }
}
