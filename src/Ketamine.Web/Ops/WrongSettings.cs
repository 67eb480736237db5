using Ketamine.Web.Data;
using Ketamine.Web.Features.Newsletter;
using Ketamine.Web.Features.Staff;
using Ketamine.Web.Leads;
using Ketamine.Web.Mail;

namespace Ketamine.Web.Ops;

/// <summary>
/// Settings that nothing reads, and values that aren't of the setting's type. A mistyped <c>--Data:Path</c> would quietly start a second, empty data folder
/// beside the one with the clinic's leads.
/// </summary>
public static class WrongSettings
{
    private static readonly Section[] Sections =
    [
        Of<ContentOptions>("Content"),
        Of<DataOptions>("Data"),
        Of<DatabaseOptions>("Database"),
        Of<HealthOptions>("Health"),
        Of<LeadsOptions>("Leads"),
        Of<NewsletterOptions>("Newsletter"),
        Of<StaffOptions>("Staff"),
        // These read and check their own values.
        new("Mail", [.. typeof(MailOptions).GetProperties()
            .Select(property => (property.Name == "Timeout" ? "TimeoutSeconds" : property.Name, typeof(string)))]),
        new("Keys", [.. new[] { "Path", "Certificate", "CertificatePassword", "PreviousCertificate", "PreviousCertificatePassword" }
            .Select(key => (key, typeof(string)))]),
        new("Limits", [("Enabled", typeof(bool))]),
        new("Logs", [("Console", typeof(string))]),
        new("Site", [("TrustedProxies", typeof(string))]),
    ];

    /// <summary>Writes what is wrong with the settings on the command line, in the environment, and in the settings files, one per line.</summary>
    /// <returns>Whether anything is.</returns>
    public static bool Report(IReadOnlyCollection<string> args, TextWriter errors)
    {
        var name = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT");
        var all = new ConfigurationBuilder().SetBasePath(AppContext.BaseDirectory)
            .AddJsonFile("appsettings.json", optional: true).AddJsonFile($"appsettings.{name}.json", optional: true)
            .AddEnvironmentVariables().AddCommandLine([.. args.Where(Commands.IsSetting)]).Build();
        var typed = args.Select(Mistyped).OfType<string>().ToList();
        var problems = typed.Count > 0 ? typed : [.. Problems(all)];
        foreach (var problem in problems) errors.WriteLine(problem);
        return problems.Count > 0;
    }

    /// <summary>What is wrong with the values of a configuration, and with its keys in the site's own sections.</summary>
    public static IEnumerable<string> Problems(IConfiguration all)
    {
        foreach (var section in Sections)
            foreach (var found in all.GetSection(section.Name).GetChildren())
            {
                if (section.Keys.FirstOrDefault(key => key.Name.Equals(found.Key, StringComparison.OrdinalIgnoreCase)) is not { Type: { } type } known)
                    yield return $"{section.Name}:{found.Key} isn't a setting; {Wanted(section, found.Key, "")}";
                else if (found.Value is { } value && Expected(type, value) is { } expected)
                    yield return $"{section.Name}:{known.Name} is \"{value}\"; use {expected}";
            }
    }

    // Written with dashes, as it was typed.
    private static string? Mistyped(string arg)
    {
        if (!arg.StartsWith("--", StringComparison.Ordinal) || arg.IndexOf('=', StringComparison.Ordinal) is not (> 2 and var end)) return null;
        var parts = arg[2..end].Split(':', 2);
        if (Array.Find(Sections, known => known.Name.Equals(parts[0], StringComparison.OrdinalIgnoreCase)) is not { } section) return null;
        if (parts is [_, var key] && section.Keys.Any(known => known.Name.Equals(key.Split(':')[0], StringComparison.OrdinalIgnoreCase))) return null;
        if (parts.Length == 1 && end == arg.Length - 1) return null; // sets nothing
        return $"--{arg[2..end]} isn't a setting; {Wanted(section, parts.ElementAtOrDefault(1), "--")}";
    }

    private static string Wanted(Section section, string? key, string dashes)
    {
        var names = section.Keys.Select(known => known.Name).ToList();
        return key is not null && NearestName.To(key, names) is { } near ? $"did you mean {dashes}{section.Name}:{near}?"
            : $"{section.Name} has {string.Join(", ", names)}";
    }

    /// <summary>What a value of this type looks like; null if <paramref name="value"/> is one.</summary>
    private static string? Expected(Type type, string value)
    {
        if (type == typeof(bool)) return bool.TryParse(value, out _) ? null : "true or false";
        if (type == typeof(int)) return int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : "a whole number";
        if (type == typeof(TimeSpan)) return TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out _) ? null : "a time like 00:01:00";
        if (type.IsEnum) return Enum.GetNames(type).Contains(value, StringComparer.OrdinalIgnoreCase) ? null : string.Join(" or ", Enum.GetNames(type));
        return null;
    }

    private static Section Of<T>(string name) => new(name, [.. typeof(T).GetProperties()
        .Where(property => property.SetMethod is not null).Select(property => (property.Name, property.PropertyType))]);

    private sealed record Section(string Name, (string Name, Type Type)[] Keys);
}
