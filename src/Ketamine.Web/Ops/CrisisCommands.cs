using System.CommandLine;
using Ketamine.Web.Leads;
using Ketamine.Web.Leads.Crisis;

namespace Ketamine.Web.Ops;

/// <summary><c>ops crisis …</c>: tries the list of phrases that suggest that someone is at risk.</summary>
public static class CrisisCommands
{
    /// <param name="list">The file of Leads:CrisisPhrases; null for the site's own.</param>
    public static Command Create(string? list)
    {
        var file = new Argument<FileInfo>("file") { Description = "One message a line." };
        var check = new Command("check", "Prints risk or none for each line.") { file.AcceptExistingOnly() };
        check.SetAction(line =>
        {
            try
            {
                using var messages = line.GetRequiredValue(file).OpenText();
                return CrisisCheck.Run(messages, LeadServices.Phrases(list), line.InvocationConfiguration.Output);
            }
            catch (CrisisPhrasesException wrong)
            {
                line.InvocationConfiguration.Error.WriteLine(wrong.Message);
                return 1;
            }
        });
        return new Command("crisis", "The phrases that suggest that someone is at risk.") { check };
    }
}
