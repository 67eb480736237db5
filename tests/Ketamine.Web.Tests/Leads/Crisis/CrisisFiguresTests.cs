using Ketamine.Language.Learning;
using Ketamine.Web.Leads.Crisis;
using Xunit.Abstractions;

namespace Ketamine.Web.Tests.Leads.Crisis;

/// <summary>
/// How much the crisis notice finds in messages by writers it didn't learn from. <c>dotnet run -c Release --project bench -- crisis</c> prints the figures of
/// all writers, by family; this test sets a minimum for two of them.
/// </summary>
public sealed class CrisisFiguresTests(ITestOutputHelper output)
{
    private static readonly string Sources = Repository.PathOf("src", "Ketamine.Web", "Leads", "Crisis");

    private static readonly Lazy<(List<LabeledMessage> Messages, WordClasses Classes)> Labeled = new(() => HeldOutMessages.Read(Sources));

    [Fact]
    public void most_risk_is_noticed_in_messages_by_writers_outside_the_training_data()
    {
        var (messages, classes) = Labeled.Value;
        var judged = HeldOutMessages.Judge(messages, classes, ["writer-03", "writer-06"]);
        Share(MessageKind.Risk).ShouldBeGreaterThanOrEqualTo(0.80);
        Share(MessageKind.Emergency).ShouldBeGreaterThanOrEqualTo(0.80);
        Share(MessageKind.Hard).ShouldBeLessThanOrEqualTo(0.13);
        Share(MessageKind.Ordinary).ShouldBeLessThanOrEqualTo(0.07);

        double Share(MessageKind kind)
        {
            var of = judged.Where(message => message.Labeled.Kind == kind).ToList();
            var noticed = of.Count(message => message.Noticed);
            output.WriteLine($"{kind}: {noticed} of {of.Count} noticed ({(double)noticed / of.Count:P1})");
            return (double)noticed / of.Count;
        }
    }

    [Fact]
    public void the_weights_that_ship_are_exactly_what_the_labeled_messages_teach()
    {
        var (messages, classes) = Labeled.Value;
        using MemoryStream againstHard = new(), againstOrdinary = new(), emergency = new();
        CrisisWeights.LearnRisk(messages, classes).Save(againstHard, againstOrdinary);
        CrisisWeights.LearnEmergency(messages, classes).Save(emergency);
        Same("risk-hard.weights", againstHard);
        Same("risk-ordinary.weights", againstOrdinary);
        Same("emergency.weights", emergency);

        static void Same(string name, MemoryStream taught) => Repository.Unpacked(taught.ToArray())
            .AsSpan()
            .SequenceEqual(Repository.Unpacked(File.ReadAllBytes(Path.Combine(Sources, name))))
            .ShouldBeTrue($"{name} is out of date: the messages, the lessons or the features have changed. Run dotnet run -c Release --project bench -- teach");
    }

    [Fact]
    public void all_learned_weights_together_are_under_3_megabytes() =>
        new[]
        {
            Path.Combine(Sources, "risk-hard.weights"),
            Path.Combine(Sources, "risk-ordinary.weights"),
            Path.Combine(Sources, "emergency.weights"),
            Repository.PathOf("src", "Ketamine.Content", "Claims", "claims.weights"),
        }
            .Sum(file => new FileInfo(file).Length).ShouldBeLessThan(3_000_000);

    [Fact]
    public void no_message_occurs_twice_and_there_are_twenty_five_writers()
    {
        var (messages, _) = Labeled.Value;
        messages.GroupBy(message => message.Text, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1).Select(same => same.Key).ShouldBeEmpty();
        messages
            .GroupBy(message => message.Writer)
            .Count(writer => writer.Key.StartsWith("writer-", StringComparison.Ordinal) && writer.Count() > 880)
            .ShouldBe(29);
        messages.Where(message => message.First is not null).ShouldAllBe(message => message.First != message.Kind);
    }
}
