using System.Globalization;
using System.Text.RegularExpressions;

namespace Ketamine.Language;

/// <summary>Whole numbers as people write them: "20", "1,000", "20 minutes".</summary>
internal static partial class WrittenNumber
{
    private static readonly string[] Words =
    [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
        "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ];

    private static readonly string[] Tens = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

    public static bool TryParse(string text, out int number)
    {
        number = 0;
        return Form().Match(text.Trim()) is { Success: true } found
            && int.TryParse(
                found.Groups[1].Value.Replace(",", "", StringComparison.Ordinal),
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out number);
    }

    /// <summary>The number that words such as "twenty" or "forty-five minutes" mean, below 100; null for other words.</summary>
    public static int? InWords(string text)
    {
        var parts = text.ToLowerInvariant().Split([' ', '-'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0) return null;
        if (Array.IndexOf(Words, parts[0]) is >= 0 and var small) return small;
        if (Array.IndexOf(Tens, parts[0]) is not (> 1 and var ten)) return null;
        return ten * 10 + (parts.Length > 1 && Array.IndexOf(Words, parts[1]) is > 0 and < 10 and var one ? one : 0);
    }

    [GeneratedRegex(
        @"^(-?\d{1,3}(?:,\d{3})+|-?\d{1,9})(?:\s*(?:min|mins|minutes?|h|hrs?|hours?|days?|seats?|calls?|articles?)\.?)?\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Form();
}
