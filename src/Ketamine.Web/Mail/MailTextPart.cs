namespace Ketamine.Web.Mail;

/// <summary>Writes a <see cref="MailBody"/> as plain text.</summary>
internal static class MailTextPart
{
    public const int Width = 72;

    public static string Render(MailBody body) => string.Join("\n", body.Blocks.Select(Render));

    private static string Render(MailBlock block) => block switch
    {
        HeadingBlock heading => Wrap(heading.Text) + new string('=', Math.Min(heading.Text.Length, Width)) + "\n",
        ParagraphBlock paragraph => Wrap(paragraph.Text),
        FactsBlock facts => Facts(facts),
        LinkBlock link => Wrap(link.Text + ":") + link.Address.ToAscii() + "\n",
        QuoteBlock quote => string.Concat(quote.Lines.Select(line => Wrap(line, "> ", "> "))),
        _ => throw new InvalidOperationException($"No text for {block.GetType().Name}."),
    };

    private static string Facts(FactsBlock facts)
    {
        var column = facts.Facts.Select(fact => fact.Label.Length + 3).Where(length => length <= 24).DefaultIfEmpty(4).Max();
        return string.Concat(facts.Facts.Select(fact => fact.Label.Length + 3 <= column
            ? Wrap(fact.Value, (fact.Label + ":").PadRight(column), new string(' ', column))
            : Wrap(fact.Label + ":") + Wrap(fact.Value, new string(' ', column), new string(' ', column))));
    }

    /// <summary>Wraps text at 72 characters and ends each line with \n. A longer word stays in one piece.</summary>
    public static string Wrap(string text, string first = "", string next = "")
    {
        var wrapped = new StringBuilder();
        var line = new StringBuilder(first);
        var empty = true;
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!empty && line.Length + 1 + word.Length > Width)
            {
                wrapped.Append(line).Append('\n');
                line.Clear().Append(next);
                empty = true;
            }

            if (!empty) line.Append(' ');
            line.Append(word);
            empty = false;
        }

        return wrapped.Append(line.ToString().TrimEnd()).Append('\n').ToString();
    }
}
