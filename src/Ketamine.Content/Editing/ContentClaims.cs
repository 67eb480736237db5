using Ketamine.Content.Claims;

namespace Ketamine.Content.Editing;

/// <summary><c>content claims FILE</c>: prints the claims gate's verdict on each line of a file.</summary>
public static class ContentClaims
{
    /// <summary>Uses the rules of a content folder. Returns 1, with the reasons in <paramref name="errors"/>, if they can't be read.</summary>
    public static int Run(FileInfo sentences, string folder, TextWriter output, TextWriter errors)
    {
        var notes = new Diagnostics("claims.yml");
        var rules = Path.Combine(folder, notes.File);
        if (!RegularFile.Exists(rules))
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
    /// For every line, prints the worst verdict, a space, and the rule's id: <c>block cure</c>, <c>needs-citation proven</c>,
    /// <c>review testimonial-typical</c>, or <c>none -</c>. A citation such as <c>[@zarate-2006]</c> counts for its own sentence.
    /// </summary>
    /// <param name="sentences">One sentence per line; a line with several gets the worst verdict. Any line ends, with or without a byte order mark.</param>
    /// <returns>Always 0: findings aren't a failure of the command.</returns>
    public static int Run(TextReader sentences, ClaimRules rules, TextWriter output)
    {
        var gate = new ClaimsGate(rules);
        while (sentences.ReadLine() is { } line)
        {
            var worst = MarkdownSentences.OfText(line.TrimStart('\ufeff'))
                .SelectMany(sentence => gate.Examine(sentence.Text, sentence.Cited, sentence.Setting))
                .MaxBy(finding => finding.Verdict);
            output.WriteLine(worst is null ? "none -" : $"{ClaimRules.NameOf(worst.Verdict)} {worst.Rule.Id}");
        }

        return 0;
    }
}
