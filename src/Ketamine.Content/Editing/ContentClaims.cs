using Ketamine.Content;
using Ketamine.Content.Claims;
using Ketamine.Content.Editing;
using Ketamine.Content.Reading;

namespace Ketamine.Content.Editing;

/// <summary><c>content claims FILE</c>: what the claims gate says of sentences, one a line.</summary>
public static class ContentClaims
{
    /// <summary>As the other, with the rules of a content folder; 1 with the reasons where they can't be read.</summary>
    public static int Run(FileInfo sentences, string folder, TextWriter output, TextWriter errors)
    {
        var notes = new Diagnostics("claims.yml");
        var rules = Path.Combine(folder, notes.File);
        if (!File.Exists(rules))
        {
            using var lines = sentences.OpenText();
            return Run(lines, ClaimRules.Site, output);
        }

        if (SourceText.Decode(File.ReadAllBytes(rules), notes) is { } source && ClaimsCheck.Read(source, notes, null) is { } claims && !notes.Failed)
        {
            using var reader = sentences.OpenText();
            return Run(reader, claims.Rules, output);
        }

        foreach (var problem in notes.Problems) errors.WriteLine(problem.ToMessage());
        return 1;
    }

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
                .SelectMany(sentence => gate.Examine(sentence.Text, sentence.Cited, sentence.Setting))
                .MaxBy(finding => finding.Verdict);
            output.WriteLine(gravest is null ? "none -" : $"{ClaimRules.NameOf(gravest.Verdict)} {gravest.Rule.Id}");
        }

        return 0;
    }
}
