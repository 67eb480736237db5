using Ketamine.Web.Data;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Tests;

/// <summary>A database with every migration and no rows. An app that starts with a copy of it has nothing to migrate.</summary>
internal static class EmptyDatabase
{
    private static readonly Lazy<byte[]> Bytes = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("ketamine-empty-");
        var file = Path.Combine(folder.FullName, ClinicDatabase.FileName);
        using (var db = new ClinicDb(new DbContextOptionsBuilder<ClinicDb>().UseSqlite($"Data Source={file};Pooling=false").Options)) db.Database.Migrate();
        var bytes = File.ReadAllBytes(file);
        folder.Delete(recursive: true);
        return bytes;
    });

    /// <summary>Unless the folder has a database already.</summary>
    public static void CopyTo(string folder)
    {
        var file = Path.Combine(folder, ClinicDatabase.FileName);
        if (File.Exists(file)) return;
        Directory.CreateDirectory(folder);
        File.WriteAllBytes(file, Bytes.Value);
    }
}
