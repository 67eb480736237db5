using Ketamine.Web.Content;

namespace Ketamine.Web.Ops;

/// <summary><c>content check [--path DIR]</c>: what the site would say of a folder, without starting it.</summary>
public static class ContentCheck
{
    /// <summary>Prints a line a problem and a summary; 1 when there are errors, 0 otherwise.</summary>
    /// <param name="path">The content folder.</param>
    public static int Run(string path, TextWriter output, CancellationToken cancellation = default)
    {
        var reading = ContentFolder.Read(path, cancellation);
        var folder = Path.GetRelativePath(Environment.CurrentDirectory, Path.GetFullPath(path)).Replace('\\', '/');
        if (folder.StartsWith("..", StringComparison.Ordinal)) folder = path.TrimEnd('/');
        foreach (var problem in reading.Problems) output.WriteLine($"{(folder == "." ? "" : folder + "/")}{problem.Told()}");

        var errors = reading.Errors.Count();
        output.WriteLine($"{Count(reading.Texts.Length, "text")}, {Count(errors, "error")}, {Count(reading.Problems.Length - errors, "warning")}");
        if (reading.Content?.Clinic.Sample == true)
            output.WriteLine("sample: true in clinic.yml: this clinic is made up, every page says so, and search engines are kept out. Take the line away for a real one.");
        if (!File.Exists(Path.Combine(path, "claims.yml")))
            output.WriteLine("No claims.yml: nothing is checked for wording that a clinic must not use, nor for risks sections, reviewers and reading grade.");
        return errors > 0 ? 1 : 0;
    }

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}
