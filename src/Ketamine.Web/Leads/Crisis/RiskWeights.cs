using System.Collections.Immutable;
using Ketamine.Language.Learning;

namespace Ketamine.Web.Leads.Crisis;

/// <summary>
/// How much a message reads like risk. The words that set risk apart from messages that only sound alarming (an idiom, grief, history) aren't the words
/// that set it apart from everyday messages. So there are two sets of weights, and both must agree: the lower sum counts. Immutable and thread-safe.
/// </summary>
public sealed class RiskWeights
{
    // Everyday messages are the most frequent, so the weights against them are the surer ones and need less.
    private const double OrdinaryHandicap = 0.1;

    private readonly LearnedWeights _againstHard;
    private readonly LearnedWeights _againstOrdinary;

    private RiskWeights(LearnedWeights againstHard, LearnedWeights againstOrdinary) => (_againstHard, _againstOrdinary) = (againstHard, againstOrdinary);

    /// <summary>Learns from labeled messages, without emergencies and contested ones.</summary>
    public static RiskWeights Learn(IEnumerable<LabeledMessage> messages, Lessons lessons, Func<LabeledMessage, double> counts)
    {
        var known = messages.Where(message => message.Kind is not (MessageKind.Emergency or MessageKind.Contested)).ToList();
        return new RiskWeights(Against(MessageKind.Hard), Against(MessageKind.Ordinary));

        LearnedWeights Against(MessageKind kind) => LearnedWeights.Learn(
            known.Where(message => message.Kind == kind || message.Kind is MessageKind.Risk or MessageKind.None)
                .Select(message => (message.Kind is MessageKind.Risk, counts(message), message.Text)),
            lessons);
    }

    /// <summary>Reads both parts as <see cref="Save"/> wrote them.</summary>
    public static RiskWeights Load(Stream againstHard, Stream againstOrdinary) =>
        new(LearnedWeights.Load(againstHard), LearnedWeights.Load(againstOrdinary));

    /// <summary>Writes each part.</summary>
    public void Save(Stream againstHard, Stream againstOrdinary)
    {
        _againstHard.Save(againstHard);
        _againstOrdinary.Save(againstOrdinary);
    }

    /// <summary>Reads a text once, for these weights and others that the same lessons taught.</summary>
    public TextFeatures Read(ReadOnlySpan<char> text) => _againstHard.Read(text);

    /// <summary>Above 0 if the text reads more like risk than like either of the others.</summary>
    public double Weigh(TextFeatures features) => Lesser(_againstHard.Weigh(features), _againstOrdinary.Weigh(features));

    /// <inheritdoc cref="Weigh(TextFeatures)"/>
    public double Weigh(string text) => Weigh(Read(text));

    /// <summary>How much each word weighs in the part that decides, the one with the lesser sum.</summary>
    /// <param name="sum">As <see cref="Weigh(TextFeatures)"/> gives it.</param>
    /// <param name="against">What that part tells risk from.</param>
    public ImmutableArray<WordShare> Explain(string text, out double sum, out MessageKind against)
    {
        var hard = _againstHard.Explain(text, out var fromHard);
        var ordinary = _againstOrdinary.Explain(text, out var fromOrdinary);
        sum = Lesser(fromHard, fromOrdinary);
        against = sum == fromHard ? MessageKind.Hard : MessageKind.Ordinary;
        return against is MessageKind.Hard ? hard : ordinary;
    }

    private static double Lesser(double fromHard, double fromOrdinary) => Math.Min(fromHard, fromOrdinary + OrdinaryHandicap);
}
