using Ketamine.Content.Claims;
using Ketamine.Language.Learning;
using Ketamine.Web.Leads.Crisis;
using Ketamine.Web.Tests.Leads.Crisis;

namespace Ketamine.Web.Bench;

/// <summary>
/// <c>teach</c>: learns the weights of the claims gate and of the crisis notice from their labeled files and writes them where the build embeds them. Run it
/// in the repository's root after changing a labeled file, the features or the lessons; tests fail until then.
/// </summary>
internal static class Teaching
{
    public static Task<int> RunAsync()
    {
        var claims = Path.Combine("src", "Ketamine.Content", "Claims");
        Write(Path.Combine(claims, "claims.weights"), ClaimWeights.Learn(
            ClaimWeights.Labeled(Path.Combine(claims, "labelled.tsv")), WordClasses.Parse(File.ReadAllText(Path.Combine(claims, "word-classes.txt")))));
        var crisis = Path.Combine("src", "Ketamine.Web", "Leads", "Crisis");
        var (messages, classes) = HeldOutMessages.Read(crisis);
        using (var againstHard = Create(Path.Combine(crisis, "risk-hard.weights")))
        using (var againstOrdinary = Create(Path.Combine(crisis, "risk-ordinary.weights")))
            CrisisWeights.LearnRisk(messages, classes).Save(againstHard, againstOrdinary);
        Write(Path.Combine(crisis, "emergency.weights"), CrisisWeights.LearnEmergency(messages, classes));
        return Task.FromResult(0);
    }

    private static void Write(string path, LearnedWeights weights)
    {
        using var file = Create(path);
        weights.Save(file);
    }

    private static FileStream Create(string path)
    {
        Console.WriteLine(path);
        return File.Create(path);
    }
}
