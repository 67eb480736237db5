using System.CommandLine;
using Ketamine.Web.Web;

namespace Ketamine.Web.Ops;

/// <summary>
/// The binary's commands: <c>content …</c> for the clinic's folder, <c>ops …</c> for the data that the site collects. As when starting the
/// site, settings such as <c>--Data:Path=DIR</c> may appear anywhere on the command line.
/// </summary>
public static class Commands
{
    /// <summary>Whether the arguments name a command or ask for help, rather than start the site.</summary>
    public static bool IsCommand(string[] args) =>
        Array.Find(EditCommand.Expand(args), arg => !IsSetting(arg)) is { } first && (first[0] != '-' || first is "--help" or "-h" or "-?" or "--version");

    /// <summary>Runs the command that <paramref name="args"/> names.</summary>
    /// <param name="args">The command line as typed.</param>
    /// <param name="build">Builds the site, without starting it, with the settings from the command line.</param>
    /// <returns>The exit code: 0 for success, 1 for a problem that the command found or for arguments that it can't read; other codes are in each
    /// command's help.</returns>
    public static Task<int> RunAsync(string[] args, Func<string[], WebApplication> build)
    {
        if (WrongSettings.Report(args, Console.Error)) return Task.FromResult(1);
        // Standard output is for the command's own output; logs go to standard error.
        string[] settings = [.. args.Where(IsSetting), "--Logs:Console=Error"];
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json")).AddEnvironmentVariables().AddCommandLine(settings).Build();
        var site = new OpsSite(() => build(settings));
        return Tree(configuration, site).Parse([.. args.Where(arg => !IsSetting(arg))]).InvokeAsync();
    }

    internal static RootCommand Tree(IConfiguration configuration, OpsSite site) =>
        new("The clinic's website. Without a command, serves the site.")
        {
            NewCommand.Create(),
            EditCommand.Create(),
            ContentCommands.Create(
                configuration["Content:Path"] ?? "content",
                () => SiteKeys.Open(configuration),
                ContentServices.DataPath(configuration),
                configuration.GetValue("Content:Git", defaultValue: true),
                configuration["Leads:CrisisPhrases"]),
            new Command("ops", "Leads, email, and maintenance.")
            {
                LeadsCommands.Create(site),
                StaffCommands.Create(site),
                AuditCommands.Create(site),
                ViewsCommand.Create(site),
                MailCommands.Create(site),
                NewsletterCommands.Create(site),
                CrisisCommands.Create(configuration["Leads:CrisisPhrases"]),
                BackupCommand.Create(site),
                HealthCommand.Create(site),
            },
        };

    /// <summary>Whether an argument is a setting, as in <c>--Data:Path=DIR</c>.</summary>
    internal static bool IsSetting(string arg) =>
        arg.StartsWith("--", StringComparison.Ordinal) && arg.IndexOf(':', StringComparison.Ordinal) is var colon and > 2
        && arg.IndexOf('=', StringComparison.Ordinal) > colon;
}
