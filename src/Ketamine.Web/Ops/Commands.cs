using System.CommandLine;
using Ketamine.Content;
using Ketamine.Web.Web;

namespace Ketamine.Web.Ops;

/// <summary>
/// The same binary's commands: <c>content …</c> for the clinic's folder, <c>ops …</c> for what the site has taken in. Settings may stand
/// anywhere on the line as <c>--Data:Path=DIR</c>, as they do when the site is started.
/// </summary>
public static class Commands
{
    /// <summary>Whether the line asks for a command, or for help, and not for the site.</summary>
    public static bool IsCommand(string[] args) =>
        Array.Find(EditCommand.Expand(args), arg => !IsSetting(arg)) is { } first && (first[0] != '-' || first is "--help" or "-h" or "-?" or "--version");

    /// <summary>Runs the command that <paramref name="args"/> name.</summary>
    /// <param name="args">The line as typed.</param>
    /// <param name="build">Builds the site, not started, with the settings of the line.</param>
    /// <returns>The exit code: 0 for done, 1 for what the command itself found wrong or for a line it can't read, others as a command's help names
    /// them.</returns>
    public static Task<int> RunAsync(string[] args, Func<string[], WebApplication> build)
    {
        // A command's output is its own: what the site would log goes to the standard error.
        string[] settings = [.. args.Where(IsSetting), "--Logs:Console=Error"];
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json")).AddEnvironmentVariables().AddCommandLine(settings).Build();
        var site = new OpsSite(() => build(settings));
        var root = new RootCommand("The clinic's website. Without a command it is served.")
        {
            NewCommand.Create(),
            EditCommand.Create(),
            ContentCommands.Create(
                configuration["Content:Path"] ?? "content",
                () => SiteKeys.Open(configuration),
                ContentServices.DataPath(configuration),
                configuration.GetValue("Content:Git", defaultValue: true),
                configuration["Leads:CrisisPhrases"]
            ),
            new Command("ops", "Leads, mail and upkeep.")
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
        return root.Parse([.. args.Where(arg => !IsSetting(arg))]).InvokeAsync();
    }

    private static bool IsSetting(string arg) =>
        arg.StartsWith("--", StringComparison.Ordinal) && arg.IndexOf(':', StringComparison.Ordinal) is var colon and > 2
        && arg.IndexOf('=', StringComparison.Ordinal) > colon;
}
