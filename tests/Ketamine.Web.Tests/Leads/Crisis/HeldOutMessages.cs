using Ketamine.Language.Learning;
using Ketamine.Web.Leads;
using Ketamine.Web.Leads.Crisis;

namespace Ketamine.Web.Tests.Leads.Crisis;

/// <summary>A message judged by weights learned from the other writers.</summary>
internal sealed record HeldOutMessage(LabeledMessage Labeled, double Weight, bool ByWeights, bool ByPhrases, bool Emergency)
{
    /// <summary>Whether the sender sees 988 or 911 first and the message goes to the top of the queue.</summary>
    public bool Noticed => ByWeights || ByPhrases || Emergency;
}

/// <summary>Judges some writers' messages by weights learned from all the others. The benchmark does it for every writer, and a test for a few.</summary>
internal static class HeldOutMessages
{
    /// <param name="sources">The source folder Leads/Crisis.</param>
    public static (List<LabeledMessage> Messages, WordClasses Classes) Read(string sources) =>
        ([.. LabeledMessage.ReadAll(Path.Combine(sources, "messages"))], WordClasses.Parse(File.ReadAllText(Path.Combine(sources, "word-classes.txt"))));

    public static List<HeldOutMessage> Judge(List<LabeledMessage> messages, WordClasses classes, IReadOnlyCollection<string> writers)
    {
        var others = messages.Where(message => !writers.Contains(message.Writer)).ToList();
        var risk = CrisisWeights.LearnRisk(others, classes);
        var emergency = CrisisWeights.LearnEmergency(others, classes);
        return messages.Where(message => writers.Contains(message.Writer)).Select(message =>
        {
            var weight = risk.Weigh(message.Text);
            return new HeldOutMessage(
                message, weight, weight >= CrisisWeights.RiskFrom, CrisisPhrases.Default.SuggestsRisk(message.Text),
                emergency.Weigh(message.Text) >= CrisisWeights.EmergencyFrom || MedicalEmergencies.Default.ByPhrases(message.Text));
        }).ToList();
    }
}
