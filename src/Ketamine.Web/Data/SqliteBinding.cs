using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace Ketamine.Web.Data;

/// <summary>
/// Lets Microsoft.Data.Sqlite 10 run on SQLitePCLRaw 2.0.6, and on the operating system's SQLite, which gets security updates
/// that a bundled copy does not. Delete this file and the pin in Directory.Packages.props the day SQLitePCLRaw 2.1 restores everywhere.
/// </summary>
internal static class SqliteBinding
{
    // CA2255: a library would be wrong to run code on load; this is the application, and the binding must stand before EF Core's first use.
#pragma warning disable CA2255
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Bind()
    {
        // Every member that Microsoft.Data.Sqlite calls exists in 2.0.6, but the runtime refuses a lower version unless it is handed one.
        AssemblyLoadContext.Default.Resolving += (context, name) =>
        {
            var beside = Path.Combine(AppContext.BaseDirectory, "SQLitePCLRaw.core.dll");
            return name.Name == "SQLitePCLRaw.core" && File.Exists(beside) ? context.LoadFromAssemblyPath(beside) : null;
        };

        NativeLibrary.SetDllImportResolver(Assembly.Load("SQLitePCLRaw.provider.e_sqlite3"), static (library, assembly, search) =>
            library == "e_sqlite3" && OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libsqlite3.so.0", out var system)
                ? system
                : NativeLibrary.TryLoad(library, assembly, search, out var bundled) ? bundled : IntPtr.Zero);
    }
}
