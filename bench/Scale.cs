namespace Ketamine.Web.Bench;

/// <summary>How large a benchmark is, which an environment variable can change: <c>ARTICLES=100</c>.</summary>
internal static class Scale
{
    /// <returns>The variable's value, or <paramref name="otherwise"/> if it isn't set.</returns>
    /// <exception cref="InvalidOperationException">It isn't a number of that kind.</exception>
    public static T Of<T>(string variable, T otherwise) where T : IParsable<T>
    {
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } text) return otherwise;
        return T.TryParse(text, null, out var number) ? number : throw new InvalidOperationException($"{variable} is {text}; use a number like {otherwise}");
    }
}
