using System.CommandLine;
using Ketamine.Web.Data;

namespace Ketamine.Web.Ops;

/// <summary>The site's services and settings for a command, without serving the site.</summary>
/// <param name="build">Builds the site. Called only by commands that need it, so <c>content check</c> works on a broken folder.</param>
public sealed class OpsSite(Func<WebApplication> build)
{
    /// <summary>A command that runs in its own service scope.</summary>
    /// <param name="inputs">Its arguments and options.</param>
    /// <param name="work">Returns the exit code.</param>
    /// <param name="startsFolder">Whether the command makes sense before the site's first start, and may make its data folder.</param>
    public Command Command(
        string name, string description, IEnumerable<Symbol> inputs, Func<OpsRun, CancellationToken, Task<int>> work, bool startsFolder = false)
    {
        var command = new Command(name, description);
        foreach (var option in inputs.OfType<Option>()) command.Add(option);
        foreach (var argument in inputs.OfType<Argument>()) command.Add(argument);
        command.SetAction((line, cancellation) => RunAsync(services => work(new OpsRun(line, services), cancellation), startsFolder));
        return command;
    }

    private Task<int> RunAsync(Func<IServiceProvider, Task<int>> work, bool startsFolder) => RunWithSettingsAsync(async services =>
    {
        if (!services.TryReadContent(Console.Error)) return 1;
        if (!startsFolder && MissingDatabase(services) is { } missing)
        {
            await Console.Error.WriteLineAsync(missing);
            return 1;
        }

        if (!await ClinicDatabase.TryMigrateAsync(services, Console.Error, CancellationToken.None)) return 1;
        await using var scope = services.CreateAsyncScope();
        return await work(scope.ServiceProvider);
    });

    // A new, empty database would say that there are no leads.
    private static string? MissingDatabase(IServiceProvider services)
    {
        var folder = services.GetRequiredService<IOptions<DataOptions>>().Value.Path;
        return services.GetRequiredService<IOptions<DatabaseOptions>>().Value.Provider is DatabaseProvider.Sqlite
            && !File.Exists(Path.Combine(folder, ClinicDatabase.FileName))
                ? $"There is no {ClinicDatabase.FileName} in {Path.GetFullPath(folder)}. Name the site's data folder: --Data:Path=FOLDER"
                : null;
    }

    /// <summary>The same for commands that need only the settings, without content or a database.</summary>
    /// <returns>The command's exit code.</returns>
    public async Task<int> RunWithSettingsAsync(Func<IServiceProvider, Task<int>> work)
    {
        try
        {
            await using var app = build();
            return await work(app.Services);
        }
        catch (OptionsValidationException wrong)
        {
            foreach (var failure in wrong.Failures) await Console.Error.WriteLineAsync(failure);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(failure.Message); // it names the file
        }
        catch (Exception failure) when (ClinicDatabase.IsFailure(failure))
        {
            await Console.Error.WriteLineAsync($"The database can't be used: {ClinicDatabase.Cause(failure)}. Nothing after this point was done.");
        }

        return 1;
    }
}
