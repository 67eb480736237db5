using System.CommandLine;
using Ketamine.Web.Data;
using Ketamine.Web.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Ketamine.Web.Ops;

/// <summary><c>ops backup FOLDER</c>: a consistent copy of what must not be lost, while the site runs.</summary>
public static class BackupCommand
{
    public static Command Create(OpsSite site)
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "Where to; made by the command, and refused if it is there." };
        var command = new Command("backup", "Copies the database and the keys, whole and consistent, while the site runs.") { folder };
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
            var data = Path.GetFullPath(services.GetRequiredService<IOptions<DataOptions>>().Value.Path);
            if (!keys.FullName.StartsWith(data + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                await console.Output.WriteLineAsync($"The keys in {keys.FullName} are kept apart from the data, and are not in this backup: copy them to another place.");
            }
            else if (keys.Exists)
            {
                target.CreateSubdirectory("keys");
                foreach (var key in keys.EnumerateFiles()) key.CopyTo(Path.Combine(target.FullName, "keys", key.Name));
            }

            await console.Output.WriteLineAsync($"{copy}, {new FileInfo(copy).Length / 1024} KB");
            return 0;
        }));
        return command;
    }
}
