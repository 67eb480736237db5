using System.Diagnostics;

namespace Ketamine.Web.Tests.Ops;

public sealed class PublishTests
{
    [Theory]
    [InlineData("UseCurrentRuntimeIdentifier=True")] // what --use-current-runtime sets, as in the Dockerfile
    [InlineData("RuntimeIdentifier=linux-arm64")]
    public async Task a_publish_for_a_platform_compiles_ahead_of_time(string option)
    {
        string[] command = ["msbuild", Repository.PathOf("src", "Ketamine.Web"), "-getProperty:PublishReadyToRun", $"-p:{option}"];
        using var build = Process.Start(new ProcessStartInfo("dotnet", command) { RedirectStandardOutput = true, UseShellExecute = false })!;
        (await build.StandardOutput.ReadToEndAsync()).Trim().ShouldBe("true");
    }
}
