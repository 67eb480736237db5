using Ketamine.Content;
using Ketamine.Web.Data;

namespace Ketamine.Web.Ops;

/// <summary>
/// Settings on the command line that nothing reads. A mistyped <c>--Data:Path</c> would quietly start a second, empty data folder beside the one with the
/// clinic's leads.
/// </summary>
public static class MistypedSettings
{
    private static readonly (string Section, string[] Keys)[] Sections =
    [
        ("Content", [.. typeof(ContentOptions).GetProperties().Select(property => property.Name)]),
        ("Data", [.. typeof(DataOptions).GetProperties().Select(property => property.Name)]),
        ("Database", [.. typeof(DatabaseOptions).GetProperties().Select(property => property.Name)]),
    ];

    /// <summary>Writes what is wrong with the first such setting to <paramref name="errors"/>.</summary>
    /// <returns>Whether there is one.</returns>
    public static bool Report(IEnumerable<string> args, TextWriter errors)
    {
        if (Problem(args) is not { } problem) return false;
        errors.WriteLine(problem);
        return true;
    }

    private static string? Problem(IEnumerable<string> args)
    {
        foreach (var arg in args.Where(Commands.IsSetting))
        {
            var parts = arg[2..arg.IndexOf('=', StringComparison.Ordinal)].Split(':', 2);
            var (section, key) = (parts[0], parts[1]);
            if (Array.Find(Sections, known => known.Section.Equals(section, StringComparison.OrdinalIgnoreCase)) is not { Keys: { } keys } known) continue;
            if (keys.Contains(key, StringComparer.OrdinalIgnoreCase)) continue;
            var wanted = NearestName.To(key, keys) is { } near ? $"did you mean --{known.Section}:{near}?" : $"{known.Section} has {string.Join(", ", keys)}.";
            return $"--{section}:{key} isn't a setting; {wanted}";
        }

        return null;
    }
}
