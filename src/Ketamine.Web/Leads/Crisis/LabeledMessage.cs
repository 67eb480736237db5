namespace Ketamine.Web.Leads.Crisis;

/// <summary>What a labeled message is. docs/developers/crisis-labels.md has the rules.</summary>
public enum MessageKind
{
    /// <summary>A careful intake nurse would want to read it within minutes.</summary>
    Risk,

    /// <summary>A medical emergency in progress.</summary>
    Emergency,

    /// <summary>It uses words close to risk, but can wait.</summary>
    Hard,

    /// <summary>An ordinary message to a clinic.</summary>
    Ordinary,

    /// <summary>Neither risk nor emergency, in a set that doesn't distinguish hard from ordinary messages.</summary>
    None,

    /// <summary>The rules don't decide it. It is excluded from training and from all figures.</summary>
    Contested,
}

/// <summary>A message written to train and measure the crisis notice. None is from a real person.</summary>
/// <param name="Writer">The name of its file, without the extension.</param>
/// <param name="Family">The writer's own category, without the question mark for doubtful ones.</param>
/// <param name="Language"><c>en</c> or <c>es</c>; <c>?</c> if the set doesn't say.</param>
/// <param name="First">The writer's label, if the second reader's differs.</param>
public sealed record LabeledMessage(string Writer, MessageKind Kind, string Family, string Language, string Text, MessageKind? First)
{
    /// <summary>Reads every .tsv file of a folder, in the order of their names: kind, family, language, message with \n for line breaks, first label.</summary>
    /// <exception cref="InvalidDataException">A line has the wrong format; the message names the file and line.</exception>
    public static IEnumerable<LabeledMessage> ReadAll(string folder)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.tsv").Order(StringComparer.Ordinal))
        {
            var line = 0;
            foreach (var row in File.ReadLines(file).Select(text => text.Split('\t')))
            {
                line++;
                MessageKind? first = null;
                if (
                    row.Length is < 4 or > 5
                    || KindOf(row[0]) is not { } kind
                    || (row.Length == 5 && (first = KindOf(row[4])) is null)
                    || row[3].Trim().Length == 0
                )
                    throw new InvalidDataException(
                        $"{file}, line {line}: expected kind, family, language, message and perhaps the first label, with tabs between"
                    );
                yield return new LabeledMessage(
                    Path.GetFileNameWithoutExtension(file), kind, row[1].TrimEnd('?'), row[2], row[3].Replace("\\n", "\n", StringComparison.Ordinal), first);
            }
        }
    }

    private static MessageKind? KindOf(string word) => word switch
    {
        "risk" => MessageKind.Risk,
        "emergency" => MessageKind.Emergency,
        "hard" => MessageKind.Hard,
        "ordinary" => MessageKind.Ordinary,
        "none" => MessageKind.None,
        "contested" => MessageKind.Contested,
        _ => null,
    };
}
