using System.CommandLine;
using Ketamine.Web.Data;
using Ketamine.Web.Web;

namespace Ketamine.Web.Ops;

/// <summary><c>ops backup FOLDER</c>: makes a consistent copy of what a restore needs while the site runs.</summary>
public static class BackupCommand
{
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static Command Create(OpsSite site)
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "Where to put the backup. The command creates this folder; it must not exist yet." };
        var withKeys = new Option<bool>("--keys")
        {
            Description = "Include the keys, which decrypt everything in the database. Guard such a copy as carefully as the site itself.",
        };
        return site.Command("backup", "Makes a consistent copy of the database while the site runs, and lists what else a restore needs.",
            [folder, withKeys], async (run, cancellation) =>
        {
            var target = run.Value(folder)!;
            if (target.Exists) return await run.FailAsync($"{target} already exists; backups never overwrite one another.");

            var db = run.Db;
            // This is a copy of health records: only its owner may read it.
            PrivateFiles.CreateFolder(target.FullName);
            if (db.Database.IsSqlite())
            {
                if (await CopyDatabaseAsync(db, target.FullName, cancellation) is { } damage)
                    return await run.FailAsync($"The copy is damaged, which means the database is too: {damage}");

                await run.WriteAsync($"{Path.Combine(target.FullName, ClinicDatabase.FileName)}: the complete database");
            }
            else
            {
                await run.WriteAsync("The PostgreSQL database isn't in this copy: run pg_dump at about the same time.");
            }

            var keys = SiteKeys.Folder(run.Get<IConfiguration>());
            if (run.Value(withKeys))
                foreach (var key in CopyKeys(keys, Path.Combine(target.FullName, "keys"))) await run.WriteAsync($"{key}: a key");
            else
                await run.WriteAsync(
                    $"Not in this copy: the keys in {keys.FullName}, without which it can't be read. Copy them to a separate place, or use --keys.");
            await run.WriteAsync(
                "Not in this copy but needed for a restore: the content folder and your settings (environment, command line, or appsettings.json). "
                + "Not in it and not needed: logs, and emails written as files.");
            return 0;
        });
    }

    /// <summary>Copies the database and checks the copy's integrity.</summary>
    /// <returns>What is wrong with the copy, or null if it is intact.</returns>
    private static async Task<string?> CopyDatabaseAsync(ClinicDb db, string target, CancellationToken cancellation)
    {
        var copy = Path.Combine(target, ClinicDatabase.FileName);
        // Create the file with its permissions first, so others can never read it. SQLite accepts an empty file.
        await new FileStream(copy, PrivateFiles.ForWriting(FileMode.CreateNew)).DisposeAsync();
        await db.Database.ExecuteSqlAsync($"VACUUM INTO {copy}", cancellation);
        await using var copied = new ClinicDb(
            ((DbContextOptionsBuilder<ClinicDb>)new DbContextOptionsBuilder<ClinicDb>().UseSqlite($"Data Source={copy};Mode=ReadOnly;Pooling=false")).Options);
        var found = await copied.Database.SqlQueryRaw<string>("PRAGMA integrity_check").ToListAsync(cancellation);
        return found is ["ok"] ? null : string.Join("; ", found);
    }

    /// <summary>Copies the keys that encrypt the database's contents and the site's links.</summary>
    /// <returns>The copied files.</returns>
    private static IEnumerable<string> CopyKeys(DirectoryInfo keys, string target)
    {
        if (!keys.Exists) yield break;
        PrivateFiles.CreateFolder(target);
        foreach (var key in keys.EnumerateFiles())
        {
            var copy = Path.Combine(target, key.Name);
            key.CopyTo(copy);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(copy, OwnFile);
            yield return copy;
        }
    }
}
