namespace Ketamine.Web.Data;

/// <summary>Where the database, keys and mails-as-files stand: the configuration section <c>Data</c>.</summary>
public sealed record DataOptions
{
    /// <summary>A folder, absolute or relative to the folder the site was started in; made on the first run.</summary>
    public string Path { get; init; } = "data";
}

/// <summary>Which database engine: the configuration section <c>Database</c>.</summary>
public sealed record DatabaseOptions
{
    /// <summary><c>Sqlite</c> (a file in Data:Path) or <c>Postgres</c> (ConnectionStrings:Clinic).</summary>
    public DatabaseProvider Provider { get; init; } = DatabaseProvider.Sqlite;
}

/// <summary>The engines that the site runs on.</summary>
public enum DatabaseProvider
{
    /// <summary>One file, one machine; the default.</summary>
    Sqlite,

    /// <summary>A server that several instances share.</summary>
    Postgres,
}
