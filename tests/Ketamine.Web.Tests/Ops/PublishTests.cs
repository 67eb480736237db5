using System.CommandLine;
using System.Diagnostics;
using Ketamine.Web.Ops;
using Microsoft.Extensions.Configuration;

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

    [Fact]
    public async Task publish_back_followed_by_a_folder_restores_that_folders_previous_version()
    {
        var home = Directory.CreateTempSubdirectory("publish-");
        try
        {
            var folder = new ClinicFolder(Path.Combine(home.FullName, "clinic"));
            folder.Write("clinic.yml", "name: Cedar\nurl: https://cedar.clinic\ntimeZone: America/Denver\n");
            folder.Write("faqs.yml", "- group: Visits\n  questions:\n    - question: Is it open?\n      answer: On weekdays.\n");
            await RunAsync("content", "publish", folder.Root, "--who", "Ana", "--why", "First");
            folder.Replace("faqs.yml", "weekdays", "Sundays");
            await RunAsync("content", "publish", folder.Root, "--who", "Ana", "--why", "Second");
            await RunAsync("content", "publish", "--who", "Ana", "--why", "Not on Sundays", "--back", folder.Root);
            folder.Read("faqs.yml").ShouldContain("On weekdays.");
        }
        finally
        {
            home.Delete(recursive: true);
        }

        async Task RunAsync(params string[] line)
        {
            var settings = new Dictionary<string, string?> { ["Data:Path"] = Path.Combine(home.FullName, "data"), ["Content:Git"] = "false" };
            var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
            var root = Commands.Tree(configuration, new OpsSite(() => throw new InvalidOperationException()));
            using var output = new StringWriter();
            var code = await root.Parse(line).InvokeAsync(new InvocationConfiguration { Output = output, Error = output });
            code.ShouldBe(0, output.ToString());
        }
    }
}
