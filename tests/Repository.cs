using System.IO.Compression;

namespace Ketamine.Tests;

/// <summary>Finds the repository's files from the tests, wherever those were built.</summary>
internal static class Repository
{
    /// <summary>The folder that holds Ketamine.Web.sln.</summary>
    public static string Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The contents of a gzip file, to be compared: platforms pack the same bytes differently.</summary>
    public static byte[] Unpacked(byte[] file)
    {
        using MemoryStream unpacked = new();
        using var packed = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        packed.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Ketamine.Web.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException("The tests run from a build inside the repository.");
    }
}
