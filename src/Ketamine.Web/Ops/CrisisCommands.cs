using System.CommandLine;
using Ketamine.Web.Leads;
using Ketamine.Web.Leads.Crisis;

namespace Ketamine.Web.Ops;

/// <summary><c>ops crisis …</c>: tests the detection of danger in messages.</summary>
public static class CrisisCommands
{
    private static Command Sign()
    {
        var file = new Argument<FileInfo>("file") { Description = "Your copy of crisis-phrases.yml, the one that Leads:CrisisPhrases names." };
        var by = new Option<string>("--by") { Description = "The clinician who read it: name and credentials.", Required = true };
        var command = new Command("sign", "Signs the list of phrases that must never be missed. Any change to its words voids the signature.")
        {
            file.AcceptExistingOnly(),
            by,
        };
        command.SetAction(line =>
            CrisisSigning.Sign(
                line.GetRequiredValue(file).FullName,
                line.GetRequiredValue(by),
                DateOnly.FromDateTime(TimeProvider.System.GetLocalNow().Date),
                line.InvocationConfiguration.Output)
        );
        return command;
    }

    /// <param name="list">The file that Leads:CrisisPhrases names; null for the built-in list.</param>
    public static Command Create(string? list)
    {
        var file = new Argument<FileInfo>("file") { Description = "One message per line." };
        var why = new Option<bool>("--why")
        {
            Description = "Also show the deciding words and phrases. They quote the messages: keep them off shared screens.",
        };
        var check = new Command("check", "Prints emergency, risk, or none for each line.") { file.AcceptExistingOnly(), why };
        check.SetAction(line =>
        {
            try
            {
                using var messages = line.GetRequiredValue(file).OpenText();
                var notice = new CrisisNotice(LeadServices.Phrases(list), MedicalEmergencies.Default);
                return CrisisCheck.Run(messages, notice, line.GetValue(why), line.InvocationConfiguration.Output);
            }
            catch (CrisisPhrasesException wrong)
            {
                line.InvocationConfiguration.Error.WriteLine(wrong.Message);
                return 1;
            }
        });
        return new Command("crisis", "Detection of danger and emergencies in messages.") { check, Sign() };
    }
}
