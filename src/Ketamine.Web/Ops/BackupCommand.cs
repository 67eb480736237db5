using System.CommandLine;
using Ketamine.Web.Data;
using Ketamine.Web.Web;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Ops;

/// <summary><c>ops backup FOLDER</c>: a consistent copy of what a restore needs, while the site runs.</summary>
public static class BackupCommand
{
    private const UnixFileMode OwnFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static Command Create(OpsSite site)
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "Where to; made by the command, and refused if it is there." };
        var withKeys = new Option<bool>("--keys")
        {
            Description = "The keys as well, which open everything in the database: for a copy that is kept as safe as the site itself.",
        };
        var command = new Command("backup", "Copies the database, whole and consistent, while the site runs, and says what else a restore needs.")
        {
            folder,
            withKeys,
        };
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var (target, console) = (line.GetRequiredValue(folder), line.InvocationConfiguration);
            if (target.Exists)
            {
                await console.Error.WriteLineAsync($"{target} is there already; a backup is never written over another.");
                return 1;
            }

            var db = services.GetRequiredService<ClinicDb>();
            // A health record's copy is its owner's alone to read.
            if (OperatingSystem.IsWindows()) target.Create();
            else Directory.CreateDirectory(target.FullName, OwnFolder);
            if (db.Database.IsSqlite())
            {
                if (await CopyDatabaseAsync(db, target.FullName, cancellation) is { } damage)
                {
                    await console.Error.WriteLineAsync($"The copy is damaged, and so is the database: {damage}");
                    return 1;
                }

                await console.Output.WriteLineAsync($"{Path.Combine(target.FullName, ClinicDatabase.FileName)}: the database, whole");
            }
            else
            {
                await console.Output.WriteLineAsync("The database is PostgreSQL's and not in this copy: pg_dump it at about the same time.");
            }

            var keys = SiteKeys.Folder(services.GetRequiredService<IConfiguration>());
            if (line.GetValue(withKeys))
                foreach (var key in CopyKeys(keys, Path.Combine(target.FullName, "keys"))) await console.Output.WriteLineAsync($"{key}: a key");
            else
                await console.Output.WriteLineAsync(
                    $"Not in this copy: the keys in {keys.FullName}, and it can't be read without them. Copy them to another place, or use --keys."
                );
            await console.Output.WriteLineAsync(
                "Not in this copy, and needed for a restore: the content folder and your settings (environment, command line, or appsettings.json). "
                + "Not in it, and not needed: logs, and mails written as files.");
            return 0;
        }));
        return command;
    }

    /// <summary>Copies the database and reads the copy through.</summary>
    /// <returns>What is wrong with the copy; null when it is whole.</returns>
    private static async Task<string?> CopyDatabaseAsync(ClinicDb db, string target, CancellationToken cancellation)
    {
        var copy = Path.Combine(target, ClinicDatabase.FileName);
        // Made first, so that it never is open to others: SQLite takes an empty file.
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnFile;
        await new FileStream(copy, options).DisposeAsync();
        await db.Database.ExecuteSqlAsync($"VACUUM INTO {copy}", cancellation);
        await using var copied = new ClinicDb(
            ((DbContextOptionsBuilder<ClinicDb>)new DbContextOptionsBuilder<ClinicDb>().UseSqlite($"Data Source={copy};Mode=ReadOnly;Pooling=false")).Options
        );
        var found = await copied.Database.SqlQueryRaw<string>("PRAGMA integrity_check").ToListAsync(cancellation);
        return found is ["ok"] ? null : string.Join("; ", found);
    }

    /// <summary>Copies the keys that seal what the database holds and what links say.</summary>
    /// <returns>The copies.</returns>
    private static IEnumerable<string> CopyKeys(DirectoryInfo keys, string target)
    {
        if (!keys.Exists) yield break;
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(target);
        else Directory.CreateDirectory(target, OwnFolder);
        foreach (var key in keys.EnumerateFiles())
        {
            var copy = Path.Combine(target, key.Name);
            key.CopyTo(copy);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(copy, OwnFile);
            yield return copy;
        }
    }
}
