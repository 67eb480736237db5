namespace Ketamine.Tests;

/// <summary>Finds the repository's files from the tests, wherever those were built.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Ketamine.Web.sln.</summary>
    public static string Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ketamine.Web.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("The tests run from a build inside the repository.");
    }
}
