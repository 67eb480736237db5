using Ketamine.Web.Content.Claims;

namespace Ketamine.Web.Ops;

/// <summary><c>content claims FILE</c>: what the claims gate says of sentences, one a line.</summary>
public static class ContentClaims
{
    /// <summary>
    /// Prints for every line the gravest verdict, a space and its rule's id: <c>block cure</c>, <c>needs-citation proven</c>,
    /// <c>review testimonial-typical</c>, or <c>none -</c>. A citation such as <c>[@zarate-2006]</c> counts for the sentence that it stands in.
    /// </summary>
    /// <param name="sentences">One sentence a line; a line that holds several is judged by the gravest. Any line ends, a byte order mark or none.</param>
    /// <returns>0: the command reports, it does not fail on what it finds.</returns>
    public static int Run(TextReader sentences, ClaimRules rules, TextWriter output)
    {
        var gate = new ClaimsGate(rules);
        while (sentences.ReadLine() is { } line)
        {
            var gravest = MarkdownSentences.OfText(line.TrimStart('\ufeff'))
                .SelectMany(sentence => gate.Examine(sentence.Text, sentence.Cited))
                .MaxBy(finding => finding.Verdict);
            output.WriteLine(gravest is null ? "none -" : $"{ClaimRules.NameOf(gravest.Verdict)} {gravest.Rule.Id}");
        }

        return 0;
    }
}
