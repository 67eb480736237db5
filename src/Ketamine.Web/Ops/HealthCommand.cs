using System.CommandLine;
using System.Text.Json;

namespace Ketamine.Web.Ops;

/// <summary><c>ops health</c>: what /health/ready tells whoever has its key.</summary>
public static class HealthCommand
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Create(OpsSite site)
    {
        var command = new Command("health", "Says whether leads can be kept, whether mail leaves, and what runs here; exit code 1 when no lead can be kept.");
        command.SetAction((line, _) => site.RunAsync(async services =>
        {
            var report = await services.GetRequiredService<Readiness>().ReadAsync();
            await line.InvocationConfiguration.Output.WriteLineAsync(JsonSerializer.Serialize(report.ToJson(), Indented));
            return report.Writable ? 0 : 1;
        }));
        return command;
    }
}
