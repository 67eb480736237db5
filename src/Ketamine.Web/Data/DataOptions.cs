namespace Ketamine.Web.Data;

/// <summary>The location of the database, keys, and emails written as files: the configuration section <c>Data</c>.</summary>
public sealed record DataOptions
{
    /// <summary>A folder, absolute or relative to the working directory; created on the first run.</summary>
    public string Path { get; init; } = "data";
}

/// <summary>Which database engine: the configuration section <c>Database</c>.</summary>
public sealed record DatabaseOptions
{
    /// <summary><c>Sqlite</c> (a file in Data:Path) or <c>Postgres</c> (ConnectionStrings:Clinic).</summary>
    public DatabaseProvider Provider { get; init; } = DatabaseProvider.Sqlite;

    /// <summary>
    /// The most connections that this instance opens, 4 to 1000. With PostgreSQL, all instances together must stay below the server's
    /// <c>max_connections</c>. On SQLite, forms use up to four, and a third of this number is for everything else.
    /// </summary>
    public int Connections { get; init; } = 12;

    /// <summary>The most forms that may wait for the database at once; more get a 503 right away, with everything they typed.</summary>
    public int Queue { get; init; } = 200;
}

/// <summary>The engines that the site runs on.</summary>
public enum DatabaseProvider
{
    /// <summary>One file, one machine; the default.</summary>
    Sqlite,

    /// <summary>A server that several instances share.</summary>
    Postgres,
}
