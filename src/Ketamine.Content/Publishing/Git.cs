using System.ComponentModel;
using System.Diagnostics;

namespace Ketamine.Content.Publishing;

/// <summary>Runs the installed <c>git</c>, which has the editor's credentials, filters, and settings (see
/// docs/developers/decisions/publishing.md).</summary>
/// <param name="folder">The default working folder.</param>
internal sealed class Git(string folder)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public string Folder { get; } = folder;

    /// <summary>Runs git and returns its output, regardless of the exit code.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="environment">Variables in addition to this process's.</param>
    /// <param name="at">The working folder, if not the default.</param>
    public async Task<GitResult> TryAsync(
        IEnumerable<string> arguments, CancellationToken cancellation, string? input = null, IReadOnlyDictionary<string, string>? environment = null,
            string? at = null)
    {
        var start = new ProcessStartInfo("git")
        {
            WorkingDirectory = at ?? Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var argument in new[] { "-c", "core.quotepath=false", "-c", "advice.detachedHead=false" }.Concat(arguments)) start.ArgumentList.Add(argument);
        // A git hook or a calling git may have set these for another repository.
        foreach (var name in new[] { "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX" }) start.Environment.Remove(name);
        start.Environment["LC_ALL"] = "C";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0"; // a prompt that no one sees would wait forever
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;

        using var process = Process.Start(start) ?? throw new IOException("git didn't start.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Longest);
        try
        {
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.StandardInput.WriteAsync((input ?? "").AsMemory(), limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return new GitResult(process.ExitCode, await output, (await errors).Trim());
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            if (cancellation.IsCancellationRequested) throw;
            return new GitResult(-1, "", string.Create(CultureInfo.InvariantCulture,
                $"git didn't answer within {Longest.TotalSeconds} seconds"));
        }
    }

    /// <summary>Runs git and returns its output without the last line end.</summary>
    /// <exception cref="IOException">git failed; the message is git's.</exception>
    public async Task<string> RunAsync(
        IReadOnlyList<string> arguments, CancellationToken cancellation, string? input = null, IReadOnlyDictionary<string, string>? environment = null,
            string? at = null)
    {
        var answer = await TryAsync(arguments, cancellation, input, environment, at);
        return answer.Code == 0 ? answer.Output.TrimEnd('\n') : throw new IOException($"git {arguments[0]}: {answer.Errors}");
    }

    /// <summary>Whether git is installed.</summary>
    public static async Task<bool> IsHereAsync(CancellationToken cancellation)
    {
        try
        {
            return (await new Git(Path.GetTempPath()).TryAsync(["--version"], cancellation)).Code == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}

/// <param name="Errors">Standard error, trimmed.</param>
internal sealed record GitResult(int Code, string Output, string Errors);
