using System.Globalization;
using System.Text.RegularExpressions;

namespace Ketamine.Content.Claims;

/// <summary>A number with what it counts: "55 percent", "73 people", "seven trials", "two points".</summary>
/// <param name="Value">Fractions as decimals, so "half" of the people is 50 percent.</param>
/// <param name="Unit">percent, people, studies, points, or parts.</param>
internal readonly record struct StatedNumber(decimal Value, string Unit);

/// <summary>Reads the numbers that a sentence or a work states, in digits and in words.</summary>
internal static partial class StatedNumbers
{
    private static readonly Dictionary<string, int> Ones = new(StringComparer.Ordinal)
    {
        ["two"] = 2,
        ["three"] = 3,
        ["four"] = 4,
        ["five"] = 5,
        ["six"] = 6,
        ["seven"] = 7,
        ["eight"] = 8,
        ["nine"] = 9,
        ["ten"] = 10,
        ["eleven"] = 11,
        ["twelve"] = 12,
        ["thirteen"] = 13,
        ["fourteen"] = 14,
        ["fifteen"] = 15,
        ["sixteen"] = 16,
        ["seventeen"] = 17,
        ["eighteen"] = 18,
        ["nineteen"] = 19,
        ["one"] = 1,
    };

    private static readonly Dictionary<string, int> Tens = new(StringComparer.Ordinal)
    {
        ["twenty"] = 20, ["thirty"] = 30, ["forty"] = 40, ["fifty"] = 50, ["sixty"] = 60, ["seventy"] = 70, ["eighty"] = 80, ["ninety"] = 90,
    };

    private static readonly SievedPatterns Patterns = new(Percent(), People(), Studies(), Points(), Part(), OneIn());

    /// <summary>The numbers that a sentence states.</summary>
    public static IEnumerable<StatedNumber> Of(string text)
    {
        var plain = Patterns.On(text.ToLowerInvariant().Replace('\u2011', '-').Replace('\u00a0', ' '));
        foreach (var match in plain.Matches(Percent())) foreach (var value in Values(match)) yield return new StatedNumber(value, "percent");
        foreach (var match in plain.Matches(People()))
        foreach (var value in Values(match).Where(value => value > 1))
            yield return new StatedNumber(value, "people");
        foreach (var match in plain.Matches(Studies()))
        foreach (var value in Values(match).Where(value => value > 2))
            yield return new StatedNumber(value, "studies");
        foreach (var match in plain.Matches(Points()))
        foreach (var value in Values(match).Where(value => value > 1))
            yield return new StatedNumber(value, "points");
        foreach (var match in plain.Matches(Part()))
            yield return new StatedNumber(match.Groups["of"].Value switch
            {
                "half" => 50,
                "halves" => 50,
                "third" => match.Value.Contains("two", StringComparison.Ordinal) ? 66.7m : 33.3m,
                "thirds" => 66.7m,
                "quarter" => match.Value.Contains("three", StringComparison.Ordinal) ? 75 : 25,
                _ => 75,
            },
            "parts"
        );
        foreach (var match in plain.Matches(OneIn()))
            if (Value(match.Groups["n"].Value) is { } n and > 1) yield return new StatedNumber(decimal.Round(100 / n, 1), "parts");
    }

    /// <summary>Every number in a work's text, regardless of its unit, with fractions as percentages.</summary>
    public static HashSet<decimal> All(string text)
    {
        var all = Of(text).Select(figure => figure.Value).ToHashSet();
        foreach (Match match in Number().Matches(text.ToLowerInvariant()))
            if (Value(match.Value) is { } value) all.Add(value);
        return all;
    }

    private static IEnumerable<decimal> Values(Match match) => match.Groups["n"].Captures.Select(capture => Value(capture.Value)).OfType<decimal>();

    private static decimal? Value(string text)
    {
        if (decimal.TryParse(text.Replace(",", "", StringComparison.Ordinal), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var digits))
            return digits;
        var words = text.Split(['-', ' '], StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [var one] when Ones.TryGetValue(one, out var value) => value,
            [var ten] when Tens.TryGetValue(ten, out var value) => value,
            [var ten, var one] when Tens.TryGetValue(ten, out var tens) && Ones.TryGetValue(one, out var value) => tens + value,
            _ => null,
        };
    }

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private const string N =
        @"(?<n>\d[\d,]*(?:\.\d+)?|(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
            + @"(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?)|"
            + @"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen))";

    [GeneratedRegex(@"\b" + N + @"(?:\s+(?:against|and|to|or|versus|vs\.?)\s+" + N + @")?\s*(?:%|percent\b)", Options)]
    private static partial Regex Percent();

    [GeneratedRegex(
        @"\b"
            + N
            + @"\s+(?:\w+\s+){0,2}(?:people|adults|patients|volunteers|veterans|participants|users|women|men|soldiers)\b|\bof\s+"
            + N
            + @"\s+(?:people|adults|patients)\b",
        Options
    )]
    private static partial Regex People();

    [GeneratedRegex(@"\b" + N + @"\s+(?:\w+\s+){0,2}(?:trials|studies|articles)\b", Options)]
    private static partial Regex Studies();

    [GeneratedRegex(@"\b" + N + @"(?:\s+(?:to|or)\s+" + N + @")?\s+points\b", Options)]
    private static partial Regex Points();

    [GeneratedRegex(
        @"\b(?:about\s+|almost\s+|nearly\s+|roughly\s+|over\s+)?(?:a\s+|one\s+|two\s+|three\s+|two-|three-)?(?<of>half|thirds?|quarters?)\s+of\b|"
            + @"\b(?<of>halves)\b|\ba\s+(?<of>quarter|third)\s+had\b",
        Options
    )]
    private static partial Regex Part();

    [GeneratedRegex(@"\b(?:one|1)\s+in\s+" + N + @"\b|\b(?:one|1)\s+out\s+of\s+" + N, Options)]
    private static partial Regex OneIn();

    [GeneratedRegex(@"(?<![\w.])" + N + @"(?![\w])", Options)]
    private static partial Regex Number();
}
