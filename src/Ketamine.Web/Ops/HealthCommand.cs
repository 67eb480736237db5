using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ketamine.Web.Ops;

/// <summary><c>ops health</c>: prints what /health/ready returns with its key.</summary>
public static class HealthCommand
{
    // It is for a terminal, so a version's + can stay as it is.
    private static readonly JsonSerializerOptions Indented =
        new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(OpsSite site) => site.Command(
        "health", "Shows whether leads can be saved and email goes out, and the version. Exit code 1 if leads can't be saved.",
        [], async (run, cancellation) =>
    {
        var report = await run.Get<Readiness>().ReadAsync();
        await run.WriteAsync(JsonSerializer.Serialize(report.ToJson(), Indented));
        return report.Writable ? 0 : 1;
    });
}
