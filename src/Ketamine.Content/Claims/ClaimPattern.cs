using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Ketamine.Content.Claims;

/// <summary>
/// An editor's regular expression, which can't hang the site. It runs on .NET's backtracking engine, which is quick to build, under a time limit.
/// After the first timeout it moves to the engine whose time is linear in the text. A pattern that this engine doesn't support (lookarounds,
/// backreferences) is retired, and from then on it means "a person must read this".
/// </summary>
internal sealed partial class ClaimPattern
{
    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    // Compiling takes milliseconds, which pays off for a folder with thousands of texts but not for one with a few dozen.
    private const int ManyUses = 2000;

    // Generous, because it is wall-clock time: on a busy machine, a thread may be suspended for a long time during a harmless match.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);
    private volatile Regex? _regex;
    private int _uses;

    /// <exception cref="ArgumentException">The text isn't a regular expression.</exception>
    public ClaimPattern(string text)
    {
        Text = text;
        _regex = new Regex(text, Options, Limit);
        Required = RequiredText.Of(text);
    }

    /// <summary>The regular expression, with the words of claims.yml inserted.</summary>
    public string Text { get; }

    /// <summary>Sets of lowercase pieces of text: any match contains at least one piece of each set.</summary>
    public ImmutableArray<ImmutableArray<string>> Required { get; }

    /// <summary>The position in <see cref="ClaimRules.Patterns"/>, which assigns it.</summary>
    public int Number { get; set; }

    /// <summary>Whether the regex can't be run in reasonable time.</summary>
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

    // Compiled code for "(...){0,3}?" can return a false match, or throw: https://github.com/dotnet/runtime/issues/129511.
    [GeneratedRegex(@"\)(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\?")]
    private static partial Regex LazyGroup();
}
