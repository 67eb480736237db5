namespace Ketamine.Web.Tests;

/// <summary>A clinic's content folder that a test can write to: only the smallest clinic.yml, or a copy of the sample.</summary>
public sealed class ClinicFolder
{
    /// <summary>The minimum for a site.</summary>
    public const string SmallestClinic = """
        name: Juniper House
        url: https://juniper.example
        timeZone: America/Denver
        phone: "+13035550142"
        """;

    internal ClinicFolder(string root)
    {
        Root = root;
        Directory.CreateDirectory(root);
        Write("clinic.yml", SmallestClinic);
    }

    public string Root { get; }

    /// <summary>Copies every file of the repository's sample clinic.</summary>
    public ClinicFolder Sample() => Copy(Repository.PathOf("content"));

    /// <summary>Copies every file of another folder.</summary>
    public ClinicFolder Copy(string source)
    {
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(Root, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }

        return this;
    }

    /// <summary>Writes a file by its path under the folder, replacing any existing one.</summary>
    public ClinicFolder Write(string path, string text)
    {
        var target = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        // Write a temporary file and move it, as editors and deployments do, so no one reads half a file.
        File.WriteAllText(target + ".tmp~", text);
        File.Move(target + ".tmp~", target, overwrite: true);
        return this;
    }

    public string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Replaces <paramref name="old"/>, which must be there, in a file.</summary>
    public ClinicFolder Replace(string path, string old, string now)
    {
        var text = Read(path);
        text.ShouldContain(old);
        return Write(path, text.Replace(old, now, StringComparison.Ordinal));
    }

    public ClinicFolder Delete(string path)
    {
        File.Delete(Path.Combine(Root, path));
        return this;
    }
}
