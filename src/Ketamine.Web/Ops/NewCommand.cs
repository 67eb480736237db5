using System.CommandLine;
using Ketamine.Content.Editing;

namespace Ketamine.Web.Ops;

/// <summary><c>new FOLDER</c>: creates a working folder for a clinic from eight answers.</summary>
internal static class NewCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "The folder to create. It must be empty or not exist yet." };
        var (options, answers) = Answers();
        var defaults = new Option<bool>("--yes", "-y") { Description = "Don't ask; use the defaults for anything not given." };
        var command = new Command("new", "Creates a working folder for a clinic. Asks eight questions on a terminal, or takes the answers as options.")
        {
            folder,
            defaults,
        };
        foreach (var option in options) command.Options.Add(option);
        command.SetAction(line =>
            Run(
                line.GetRequiredValue(folder),
                answers(line),
                line.GetValue(defaults) || Console.IsInputRedirected ? null : Console.In,
                line.InvocationConfiguration.Output,
                TimeProvider.System)
        );
        return command;
    }

    /// <summary>The questions as command options, and how to read the answers.</summary>
    public static (IReadOnlyList<Option<string?>> Options, Func<ParseResult, NewClinicOptions> Read) Answers()
    {
        Option<string?> name = Text("--name", "The clinic's name, as patients know it."),
            city = Text("--city", "City and state, such as \"Denver, CO\"."),
            zone = Text("--zone", "Time zone, such as America/Denver or Mountain."),
            phone = Text("--phone", "Phone number, such as (303) 555-0142."),
            hours = Text("--hours", "Hours, such as \"Mon-Thu 9-5, Fri 9-1\"."),
            services = Text("--services", $"Any of {string.Join(", ", NewClinic.AllServices.Select(service => service.Slug))}, separated by commas."),
            email = Text("--email", "Email address for patients."),
            booking = Text("--booking", "yes or no: can people book a free call on the site?"),
            url = Text("--url", "The site's address, if it has one.");
        return ([name, city, zone, phone, hours, services, email, booking, url], line =>
        {
            string? Of(Option<string?> option) => line.GetValue(option);
            return new NewClinicOptions(Of(name), Of(city), Of(zone), Of(phone), Of(hours), Of(services), Of(email), Of(booking), Of(url));
        });

        static Option<string?> Text(string option, string description) => new(option) { Description = description };
    }

    /// <summary>Writes the folder and lists what is left to do. Returns 1, with the reason, if it can't be written.</summary>
    /// <param name="input">Where the answers come from; null uses the defaults.</param>
    public static int Run(string folder, NewClinicOptions given, TextReader? input, TextWriter output, TimeProvider clock)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            output.WriteLine(
                $"{folder} is not empty, and this command never overwrites files. "
                    + $"Name a new folder, or make a copied folder your own with content adopt {folder}.");
            return 1;
        }

        try
        {
            var clinic = NewClinic.Ask(folder, given, input, output);
            var today = clock.GetUtcNow().InZone(DateTimeZoneProviders.Tzdb[clinic.Zone]).Date;
            var files = Starter.Write(folder, clinic, today);
            output.WriteLine(
                $"{clinic.Name}: {files.Count} files in {folder}. Search engines may not index the site until clinic.yml says published: true.");
        }
        catch (Exception wrong) when (wrong is FormatException or IOException or UnauthorizedAccessException)
        {
            output.WriteLine(wrong.Message);
            return 1;
        }

        SayWhatIsLeft(folder, output);
        return 0;
    }

    /// <summary>Lists what only the clinic's people can write, and the commands to run next.</summary>
    public static void SayWhatIsLeft(string folder, TextWriter output)
    {
        var left = Placeholders.In(folder).ToList();
        if (left.Count > 0)
        {
            output.WriteLine($"\nFor your own team to write ({left.Count}):");
            foreach (var (file, line, what) in left) output.WriteLine($"  {ContentCheck.Shown(folder)}{file}:{line}  {what}");
        }

        output.WriteLine($"\nPreview it as you write:  Ketamine.Web edit {folder}");
        output.WriteLine($"Check it:                 Ketamine.Web content check {folder}");
        output.WriteLine($"Before you go public:     Ketamine.Web content check --publish {folder}");
        output.WriteLine($"Make it live:             Ketamine.Web content publish {folder}");
    }
}
