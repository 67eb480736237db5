using System.Buffers;
using System.Text.RegularExpressions;

namespace Ketamine.Language;

/// <summary>A range within a text.</summary>
/// <param name="Start">In UTF-16 units.</param>
/// <param name="Length">In UTF-16 units.</param>
public readonly record struct TextSpan(int Start, int Length)
{
    /// <summary>The part of <paramref name="text"/> that this range covers.</summary>
    public string Of(string text) => text.Substring(Start, Length);
}

/// <summary>Splits plain text into sentences.</summary>
public static partial class Sentences
{
    /// <summary>Longer runs without an end are cut at a space, because rules shouldn't have to search sentences that no one would read.</summary>
    private const int MaxLength = 1500;

    // The longest entry of NeverLast and SeldomLast; longer words can't match.
    private const int LongestAbbreviation = 6;

    private static readonly SearchValues<char> Ending = SearchValues.Create(".!?…");
    private static readonly SearchValues<char> Closing = SearchValues.Create("\"'”’)]");
    private static readonly SearchValues<char> BeforeWord = SearchValues.Create(" \t\n(\"'“‘-");

    /// <summary>
    /// The sentences of <paramref name="text"/> without the white space between them. A blank line ends a sentence; a single line break doesn't,
    /// because texts are wrapped. A short answer stays with its question ("Is it addictive? No."), because neither means anything alone.
    /// </summary>
    public static IReadOnlyList<TextSpan> Split(string text)
    {
        var parts = new List<TextSpan>();
        var start = 0;
        foreach (var end in End().EnumerateMatches(text))
        {
            var mark = MarkAt(text.AsSpan(end.Index, end.Length));
            if (mark.Length > 0 && !Ends(text.AsSpan(start, end.Index - start), mark, text.AsSpan(end.Index + end.Length))) continue;
            AddParts(parts, text, start, end.Index + mark.Length);
            start = end.Index + end.Length;
        }

        AddParts(parts, text, start, text.Length);
        return parts;
    }

    /// <summary>The closing mark with its quotes or brackets; empty for a blank line.</summary>
    private static ReadOnlySpan<char> MarkAt(ReadOnlySpan<char> end)
    {
        var marks = end.IndexOfAnyExcept(Ending) is >= 0 and var at ? at : end.Length;
        var closing = end[marks..].IndexOfAnyExcept(Closing);
        return marks == 0 ? [] : closing < 0 ? end : end[..(marks + closing)];
    }

    private static bool Ends(ReadOnlySpan<char> before, ReadOnlySpan<char> mark, ReadOnlySpan<char> after)
    {
        if (mark[0] == '?' && ShortAnswer().IsMatch(after)) return false;
        // Wait… what?
        if (mark[0] == '…' || mark.StartsWith("...", StringComparison.Ordinal)) return after.IsEmpty || !char.IsLower(after[0]);
        // "Will it fix me?" is the question we hear most.
        if (mark[0] != '.') return after.IsEmpty || mark.IndexOfAny(Closing) < 0 || !char.IsLower(after[0]);
        var word = before[(before.LastIndexOfAny(BeforeWord) + 1)..];
        var brief = word.Length <= LongestAbbreviation;
        if (brief && NeverLast().IsMatch(word)) return false;
        if (!after.IsEmpty && (word.SequenceEqual("No") || word.SequenceEqual("Nos")) && char.IsAsciiDigit(after[0])) return false;
        if (brief && SeldomLast().IsMatch(word)) return after.IsEmpty || char.IsUpper(after[0]);
        return word.Length != 1 || !char.IsAsciiLetterUpper(word[0]) || !Initial().IsMatch(before);
    }

    private static void AddParts(List<TextSpan> parts, string text, int start, int stop)
    {
        while (start < stop)
        {
            while (start < stop && char.IsWhiteSpace(text[start])) start++;
            var end = stop;
            if (end - start > MaxLength)
            {
                end = text.LastIndexOf(' ', start + MaxLength - 1, MaxLength);
                if (end <= start) end = start + MaxLength;
            }

            var next = end;
            while (end > start && char.IsWhiteSpace(text[end - 1])) end--;
            if (end > start) parts.Add(new TextSpan(start, end - start));
            start = next;
        }
    }

    // A closing mark with its quotes or brackets and the space after it, or a blank line.
    [GeneratedRegex(
        """(?<![.!?…])(?>[.!?…]+["'”’)\]]*)(\s+|\z)|\n[ \t\r]*\n\s*""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex End();

    [GeneratedRegex(@"^(Dr|Mr|Mrs|Ms|Prof|vs|Figs?|approx|cf|e\.g|i\.e|ca)\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex NeverLast();

    [GeneratedRegex(
        @"^(St|Ave|Blvd|Rd|etc|dept|est|al|Inc|Ltd|Co|Jr|Sr|[ap]\.m|Ph\.D|M\.D|D\.O|R\.N|U\.S(\.A)?|"
            + @"Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec|ext|tel|mg|ml|kg|min|hrs?|wks?|vol|pp|eds?)\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex SeldomLast();

    // Initials in a name (J. P. Morgan, Dr. K. Lin), unlike the end of "Take vitamin D."
    [GeneratedRegex(@"(^\s*|\b(Dr|Mr|Mrs|Ms|Prof)\.\s|\s[A-Z]\.\s|^[A-Z]\.\s)[A-Z]\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Initial();

    [GeneratedRegex(
        @"^(Yes|No|Not\s+at\s+all|Never|Absolutely|Definitely|Certainly|Of\s+course|Sure|Nope|Yep|You\s+bet|"
            + @"Without\s+a\s+doubt|Hardly|Barely|Practically|Virtually|None|Few|Zero)\b[^.!?]{0,12}([.!,]|\z)|"
            + @"^[^.!?]{0,40},\s*(yes|no)[.!]",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex ShortAnswer();
}
