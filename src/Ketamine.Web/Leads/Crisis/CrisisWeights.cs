using Ketamine.Language.Learning;

namespace Ketamine.Web.Leads.Crisis;

/// <summary>
/// The learned half of the crisis notice. The weights say how much a message resembles those that a careful intake nurse would want to see within minutes, or a
/// medical emergency in progress. They are learned from the labeled messages in Leads/Crisis/messages; <c>dotnet run -c Release --project bench -- teach</c>
/// writes them. docs/developers/crisis-labels.md says what the labels mean.
/// </summary>
public static class CrisisWeights
{
    /// <summary>A message with at least this sum is marked for risk. A lower value finds more people and marks more messages by mistake.</summary>
    public const double RiskFrom = -0.75;

    /// <summary>A message with at least this sum is marked as an emergency.</summary>
    public const double EmergencyFrom = -1.5;

    private const FeatureKinds Kinds = FeatureKinds.Pairs | FeatureKinds.Triples | FeatureKinds.Skips | FeatureKinds.Negated | FeatureKinds.Characters
        | FeatureKinds.Ending | FeatureKinds.Sentences | FeatureKinds.Classes | FeatureKinds.Places | FeatureKinds.Sizes;

    // Earlier messages were used to tune the phrases, so they count less.
    private const double CountsOfEarlier = 0.3;
    private const string Earlier = "earlier";

    // The maintainers' own denials and questions are few, and they are what an emergency is mistaken for.
    private const double CountsOfAdditions = 3;
    private const string Additions = "additions";

    private static readonly Lazy<RiskWeights> LearnedRisk = new(() =>
    {
        using var againstHard = Open("risk-hard.weights");
        using var againstOrdinary = Open("risk-ordinary.weights");
        return RiskWeights.Load(againstHard, againstOrdinary);
    });

    private static readonly Lazy<LearnedWeights> LearnedEmergency = new(() =>
    {
        using var file = Open("emergency.weights");
        return LearnedWeights.Load(file);
    });

    /// <summary>Suicide, self-harm, and harm to others.</summary>
    public static RiskWeights Risk => LearnedRisk.Value;

    /// <summary>A medical emergency in progress.</summary>
    public static LearnedWeights Emergency => LearnedEmergency.Value;

    /// <summary>Learns the weights for risk, without emergencies and contested messages.</summary>
    public static RiskWeights LearnRisk(IEnumerable<LabeledMessage> messages, WordClasses classes) =>
        RiskWeights.Learn(messages, Lessons(classes), message => message.Writer == Earlier ? CountsOfEarlier : 1);

    /// <summary>Learns the weights for emergencies, without contested messages.</summary>
    public static LearnedWeights LearnEmergency(IEnumerable<LabeledMessage> messages, WordClasses classes) => LearnedWeights.Learn(
        messages.Where(message => message.Kind is not MessageKind.Contested && message.Writer != Earlier)
            .Select(message => (message.Kind is MessageKind.Emergency, message.Writer == Additions ? CountsOfAdditions : 1, message.Text)),
        Lessons(classes) with { LeastExamples = 3 });

    // Weights in hundredths take a quarter more room and tell no more.
    private static Lessons Lessons(WordClasses classes) => new(
        Kinds, Bits: 22, LeastExamples: 2, ByLength: true, Rounds: 20, Rate: 0.2, Regularization: 0.003, classes, LeastWeight: 0.2, LeftOut: 0.7, Unit: 20);

    private static Stream Open(string name) => EmbeddedFile.Open(typeof(CrisisWeights).Assembly, name);
}
