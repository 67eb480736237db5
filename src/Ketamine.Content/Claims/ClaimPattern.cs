using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Ketamine.Content.Claims;

/// <summary>
/// One regular expression of an editor's, made so that it can't hang the site. It runs on .NET's backtracking engine, which is quick to build,
/// under a time limit; the first breach moves it to the engine whose time is linear in the text, and one that this engine can't run
/// (lookarounds, backreferences) is retired and counts from then on as "a person must read this".
/// </summary>
internal sealed partial class ClaimPattern
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    // Compiling costs milliseconds, which a folder of a few dozen texts never earns back and one of thousands does.
    private const int ManyUses = 2000;

    // Generous, because it is measured by the clock: on a busy machine a thread may stand still for long in the middle of an innocent match.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);
    private volatile Regex? _regex;
    private int _uses;

    /// <exception cref="ArgumentException">The text is no regular expression.</exception>
    public ClaimPattern(string text)
    {
        Text = text;
        _regex = new Regex(text, Options, Limit);
        Required = RequiredText.Of(text);
    }

    /// <summary>The regular expression, with the words of claims.yml in their places.</summary>
    public string Text { get; }

    /// <summary>Sets of lower-case pieces of text: any match holds at least one of each set.</summary>
    public ImmutableArray<ImmutableArray<string>> Required { get; }

    /// <summary>Its place in an index of all patterns; given by <see cref="ClaimRules"/>, which owns it.</summary>
    public int Number { get; set; }

    /// <summary>The regex can't be run in reasonable time.</summary>
    public bool Retired => _regex is null;

    public bool IsMatch(string text) => Next(text, 0, out _, out _);

    /// <summary>The first match at or after <paramref name="from"/>.</summary>
    public bool Next(string text, int from, out int start, out int end)
    {
        (start, end) = (0, 0);
        if (from > text.Length) return false;
        while (_regex is { } regex)
        {
            try
            {
                if (Interlocked.Increment(ref _uses) == ManyUses && !regex.Options.HasFlag(RegexOptions.NonBacktracking) && !LazyGroup().IsMatch(Text))
                    _regex = regex = new Regex(Text, Options | RegexOptions.Compiled, Limit);
                var match = regex.Match(text, from);
                (start, end) = (match.Index, match.Index + match.Length);
                return match.Success;
            }
            catch (RegexMatchTimeoutException)
            {
                _regex = Linear(regex);
            }
        }

        return false;
    }

    private Regex? Linear(Regex regex)
    {
        if (regex.Options.HasFlag(RegexOptions.NonBacktracking)) return null;
        try
        {
            return new Regex(Text, Options | RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1));
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    // Compiled code for "(...){0,3}?" can return a match that is none, or throw: https://github.com/dotnet/runtime/issues/129511.
    [GeneratedRegex(@"\)(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\?")]
    private static partial Regex LazyGroup();
}
