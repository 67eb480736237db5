using System.CommandLine;

namespace Ketamine.Web.Ops;

/// <summary>Options that say which values they take, instead of the name of a .NET type, when they can't read one.</summary>
internal static class PlainOption
{
    /// <summary>An option that takes one of a few words, in any case and with or without its hyphens.</summary>
    public static Option<T> OneOf<T>(string name, string description, params (string Word, T Value)[] words)
    {
        string[] known = [.. words.Select(word => word.Word)];
        var option = new Option<T>(name)
        {
            Description = description,
            HelpName = string.Join('|', known),
            CustomParser = given =>
            {
                var typed = given.Tokens[0].Value;
                var found = Array.FindIndex(words, word => Bare(word.Word).Equals(Bare(typed), StringComparison.OrdinalIgnoreCase));
                if (found >= 0) return words[found].Value;
                given.AddError($"\"{typed}\" isn't a value for {name}{Hint(typed, known)} Use {string.Join(", ", known[..^1])}, or {known[^1]}.");
                return default;
            },
        };
        option.CompletionSources.Add(known);
        return option;
    }

    /// <summary>An option that takes a whole number.</summary>
    public static Option<int> Number(string name, string description, int fallback, int least, int most) => new(name)
    {
        Description = description,
        HelpName = "number",
        DefaultValueFactory = _ => fallback,
        CustomParser = given =>
        {
            if (int.TryParse(given.Tokens[0].Value, out var number) && number >= least && number <= most) return number;
            given.AddError($"\"{given.Tokens[0].Value}\" isn't a value for {name}. Use a whole number from {least} to {most}.");
            return fallback;
        },
    };

    private static string Hint(string typed, string[] known) => NearestName.Hint(typed, known) is { Length: > 0 } hint ? hint : ".";

    private static string Bare(string word) => word.Replace("-", "", StringComparison.Ordinal);
}
