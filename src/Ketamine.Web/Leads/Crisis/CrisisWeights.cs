using Ketamine.Language.Learning;

namespace Ketamine.Web.Leads.Crisis;

/// <summary>
/// The learned half of the crisis notice: how much a message reads like those that a careful intake nurse would want to see within minutes, and how much
/// like a medical emergency in progress. The labeled messages in Leads/Crisis/messages teach the weights, and
/// <c>dotnet run -c Release --project bench -- teach</c> writes them. docs/developers/crisis-labels.md says what the labels mean.
/// </summary>
public static class CrisisWeights
{
    /// <summary>From this sum on, a message is marked for risk. Lower notices more people and marks more messages by mistake.</summary>
    public const double RiskFrom = -0.75;

    /// <summary>From this sum on, a message is marked as an emergency.</summary>
    public const double EmergencyFrom = -1.25;

    private const FeatureKinds Kinds = FeatureKinds.Pairs | FeatureKinds.Triples | FeatureKinds.Skips | FeatureKinds.Negated | FeatureKinds.Characters
        | FeatureKinds.Ending | FeatureKinds.Sentences | FeatureKinds.Classes;

    // The sets written before the writers' were used to tune the phrases, and count less.
    private const double CountsOfEarlier = 0.3;
    private const string Earlier = "earlier";

    private static readonly Lazy<LearnedWeights> LearnedRisk = new(() => Load("risk.weights"));
    private static readonly Lazy<LearnedWeights> LearnedEmergency = new(() => Load("emergency.weights"));

    /// <summary>Suicide, self-harm, and harm to others.</summary>
    public static LearnedWeights Risk => LearnedRisk.Value;

    /// <summary>A medical emergency in progress.</summary>
    public static LearnedWeights Emergency => LearnedEmergency.Value;

    /// <summary>Learns the weights for risk. Emergencies and contested messages teach nothing here.</summary>
    public static LearnedWeights LearnRisk(IEnumerable<LabeledMessage> messages, WordClasses classes) =>
        LearnedWeights.Learn(
            messages
                .Where(message => message.Kind is not (MessageKind.Emergency or MessageKind.Contested))
                .Select(message =>
                    (message.Kind is MessageKind.Risk, message.Writer == Earlier ? CountsOfEarlier : 1, message.Text)
                ),
            Lessons(classes)
        );

    /// <summary>Learns the weights for emergencies. Contested messages teach nothing.</summary>
    public static LearnedWeights LearnEmergency(IEnumerable<LabeledMessage> messages, WordClasses classes) => LearnedWeights.Learn(
        messages.Where(message => message.Kind is not MessageKind.Contested && message.Writer != Earlier)
            .Select(message => (message.Kind is MessageKind.Emergency, 1.0, message.Text)),
        Lessons(classes) with { LeastExamples = 3, Regularization = 0.001 });

    private static Lessons Lessons(WordClasses classes) => new(
        Kinds, Bits: 21, LeastExamples: 2, ByLength: true, Rounds: 10, Rate: 0.1, Regularization: 0.003, classes);

    private static LearnedWeights Load(string name)
    {
        using var file = typeof(CrisisWeights).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"{name} is not embedded in the assembly.");
        return LearnedWeights.Load(file);
    }
}
