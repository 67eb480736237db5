using System.CommandLine;
using Ketamine.Web.Data;

namespace Ketamine.Web.Ops;

/// <summary>A command while it runs: what was typed, the site's services, and where it writes.</summary>
public sealed class OpsRun(ParseResult line, IServiceProvider services)
{
    public IServiceProvider Services => services;

    public ClinicDb Db => Get<ClinicDb>();

    public Clinic Clinic => Get<ContentStore>().Current.Clinic;

    public DateTimeOffset Now => Get<TimeProvider>().GetUtcNow();

    public TextWriter Output => line.InvocationConfiguration.Output;

    public TextWriter Error => line.InvocationConfiguration.Error;

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    public T? Value<T>(Option<T> option) => line.GetValue(option);

    public T? Value<T>(Argument<T> argument) => line.GetValue(argument);

    public Task WriteAsync(string text) => Output.WriteLineAsync(text);

    /// <summary>Says why the command failed.</summary>
    /// <returns>The exit code 1.</returns>
    public async Task<int> FailAsync(string why)
    {
        await Error.WriteLineAsync(why);
        return 1;
    }
}
