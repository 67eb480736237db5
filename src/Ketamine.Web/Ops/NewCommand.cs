using Ketamine.Content.Editing;
using System.CommandLine;
using NodaTime;

namespace Ketamine.Web.Ops;

/// <summary><c>new FOLDER</c>: a clinic's folder that works at once, from eight answers.</summary>
internal static class NewCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("folder") { Description = "The folder to make; it must be empty or not there." };
        var (options, answers) = Answers();
        var defaults = new Option<bool>("--yes", "-y") { Description = "Don't ask; use the defaults for anything not given." };
        var command = new Command("new", "Makes a clinic's folder that works at once. Asks eight questions on a terminal, or takes the answers as options.")
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
                TimeProvider.System
            )
        );
        return command;
    }

    /// <summary>The questions as options of a command, and how to read their answers.</summary>
    public static (IReadOnlyList<Option<string?>> Options, Func<ParseResult, NewClinicOptions> Read) Answers()
    {
        Option<string?> name = Text("--name", "The clinic's name, as patients know it."),
            city = Text("--city", "City and state, as \"Denver, CO\"."),
            zone = Text("--zone", "Time zone, as America/Denver or Mountain."),
            phone = Text("--phone", "Phone, as people write it."),
            hours = Text("--hours", "Hours, as \"Mon-Thu 9-5, Fri 9-1\"."),
            services = Text("--services", $"Of {string.Join(", ", NewClinic.AllServices.Select(service => service.Slug))}; several with commas."),
            email = Text("--email", "Email that patients may write to."),
            booking = Text("--booking", "yes or no: may people book a free call on the site?"),
            url = Text("--url", "The site's own address, where it has one.");
        return ([name, city, zone, phone, hours, services, email, booking, url], line =>
        {
            string? Of(Option<string?> option) => line.GetValue(option);
            return new NewClinicOptions(Of(name), Of(city), Of(zone), Of(phone), Of(hours), Of(services), Of(email), Of(booking), Of(url));
        });

        static Option<string?> Text(string option, string description) => new(option) { Description = description };
    }

    /// <summary>Writes the folder and says what is left to do; 1 with the reason where it can't be written.</summary>
    /// <param name="input">Where questions are answered; null takes the defaults.</param>
    public static int Run(string folder, NewClinicOptions given, TextReader? input, TextWriter output, TimeProvider clock)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            output.WriteLine(
                $"{folder} is not empty, and nothing in it is written over. "
                    + $"Name a folder that is not there yet; content adopt {folder} makes a copied folder your own."
            );
            return 1;
        }

        try
        {
            var clinic = NewClinic.Ask(folder, given, input, output);
            var today = Instant.FromDateTimeOffset(clock.GetUtcNow()).InZone(DateTimeZoneProviders.Tzdb[clinic.Zone]).Date;
            var files = Starter.Write(folder, clinic, today);
            output.WriteLine(
                $"{clinic.Name}: {files.Count} files in {folder}. Nothing is public: search engines are kept out until clinic.yml says published: true."
            );
        }
        catch (Exception wrong) when (wrong is FormatException or IOException or UnauthorizedAccessException)
        {
            output.WriteLine(wrong.Message);
            return 1;
        }

        SayWhatIsLeft(folder, output);
        return 0;
    }

    /// <summary>Lists what only the clinic's people can write, and the next commands.</summary>
    public static void SayWhatIsLeft(string folder, TextWriter output)
    {
        var left = Placeholders.In(folder).ToList();
        if (left.Count > 0)
        {
            output.WriteLine($"\nStill to be written, by your own people ({left.Count}):");
            foreach (var (file, line, what) in left) output.WriteLine($"  {ContentCheck.Shown(folder)}{file}:{line}  {what}");
        }

        output.WriteLine($"\nSee it while you write:   Ketamine.Web edit {folder}");
        output.WriteLine($"Check it:                 Ketamine.Web content check --path {folder}");
        output.WriteLine($"Before it is public:      Ketamine.Web content check --publish --path {folder}");
        output.WriteLine($"Make it live, whole:      Ketamine.Web content publish --path {folder}");
    }
}
