namespace Ketamine.Web.Ops;

/// <summary>Asks a person at a terminal.</summary>
internal static class Questions
{
    /// <summary>Asks until the answer is valid; an empty line means the default.</summary>
    /// <param name="read">Converts the answer; null shows <paramref name="wrong"/> and asks again.</param>
    public static string Ask(
        string question, string fallback, Func<string, string?> read, string wrong, TextReader? input = null, TextWriter? output = null) =>
        Ask(question, fallback, read, _ => wrong, input, output);

    /// <inheritdoc cref="Ask(string, string, Func{string, string?}, string, TextReader?, TextWriter?)"/>
    /// <param name="wrong">What is wrong with an answer that can't be converted.</param>
    public static string Ask(
        string question, string fallback, Func<string, string?> read, Func<string, string> wrong, TextReader? input = null, TextWriter? output = null)
    {
        (input, output) = (input ?? Console.In, output ?? Console.Out);
        while (true)
        {
            output.Write($"{question} [{fallback}]: ");
            if (input.ReadLine() is not { } line) return fallback;
            var answer = line.Trim();
            if (answer.Length == 0) return fallback;
            if (read(answer) is { } value) return value;
            output.WriteLine($"  {wrong(answer)}");
        }
    }

    public static bool YesNo(string question, bool fallback, TextReader? input = null, TextWriter? output = null) =>
        Ask(
            question,
            fallback ? "yes" : "no",
            answer =>
                answer.ToLowerInvariant() is "y" or "yes" ? "yes"
                : answer.ToLowerInvariant() is "n" or "no" ? "no"
                : null,
            "Please answer yes or no.",
            input,
            output
        ) == "yes";
}
