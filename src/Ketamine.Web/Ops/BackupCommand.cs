using System.CommandLine;
using Ketamine.Web.Data;
using Ketamine.Web.Web;
using Microsoft.EntityFrameworkCore;

namespace Ketamine.Web.Ops;

/// <summary><c>ops backup FOLDER</c>: a consistent copy of what must not be lost, while the site runs.</summary>
public static class BackupCommand
{
    public static Command Create(OpsSite site)
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "Where to; made by the command, and refused if it is there." };
        var withKeys = new Option<bool>("--keys") { Description = "The keys as well, which open everything in the database: for a copy that is kept as safe as the site itself." };
        var command = new Command("backup", "Copies the database, whole and consistent, while the site runs. It can't be read without the keys, which are backed up apart from it.") { folder, withKeys };
        command.SetAction((line, cancellation) => site.RunAsync(async services =>
        {
            var (target, console) = (line.GetRequiredValue(folder), line.InvocationConfiguration);
            var db = services.GetRequiredService<ClinicDb>();
            var keys = SiteKeys.Folder(services.GetRequiredService<IConfiguration>());
            if (!db.Database.IsSqlite())
            {
                await console.Error.WriteLineAsync($"The database is PostgreSQL's: back it up with pg_dump, and copy {keys.FullName}.");
                return 1;
            }

            if (target.Exists)
            {
                await console.Error.WriteLineAsync($"{target} is there already; a backup is never written over another.");
                return 1;
            }

            target.Create();
            // A health record's copy is its owner's alone to read.
            if (!OperatingSystem.IsWindows()) target.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            var copy = Path.Combine(target.FullName, ClinicDatabase.FileName);
            await db.Database.ExecuteSqlAsync($"VACUUM INTO {copy}", cancellation);
            if (line.GetValue(withKeys) && keys.Exists)
            {
                target.CreateSubdirectory("keys");
                foreach (var key in keys.EnumerateFiles()) key.CopyTo(Path.Combine(target.FullName, "keys", key.Name));
            }

            await console.Output.WriteLineAsync($"{copy}, {new FileInfo(copy).Length / 1024} KB");
            if (!line.GetValue(withKeys)) await console.Output.WriteLineAsync($"The keys are not in it, and it can't be read without them: keep a copy of {keys.FullName} somewhere else, or use --keys.");
            return 0;
        }));
        return command;
    }
}
