using System.Globalization;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Atbb.Indexing.Databases;

/// <summary>Which database, as an operator names it.</summary>
public sealed record DatabaseTarget
{
    DatabaseTarget(DatabaseKind kind, string connectionString, string description)
    {
        Kind = kind;
        ConnectionString = connectionString;
        Description = description;
    }

    /// <summary>The database's kind.</summary>
    public DatabaseKind Kind { get; }

    /// <summary>What the driver is given. Holds the password.</summary>
    public string ConnectionString { get; }

    /// <summary>What may stand in a log or a message: host and database, or the file. Never a password.</summary>
    public string Description { get; }

    /// <summary>The description: a connection string would put the password into logs.</summary>
    public override string ToString() => Description;

    /// <summary>
    /// Reads a <c>postgres://</c> or <c>postgresql://</c> URL, an Npgsql connection string (<c>Host=…;Database=…</c>) or the path of a
    /// SQLite file.
    /// </summary>
    /// <exception cref="FormatException">It is none of them; the message says why, and never repeats a password.</exception>
    public static DatabaseTarget Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        if (text.Length == 0)
            throw new FormatException("The database is empty: give a postgresql:// URL, an Npgsql connection string or the path of a SQLite file.");

        if (PostgresAddress.TryRead(text) is { } server)
            return PostgreSql(server);

        if (text.Contains("://", StringComparison.Ordinal))
            throw new FormatException($"'{text[..text.IndexOf(':', StringComparison.Ordinal)]}' is not a database this service knows: give postgresql://… or the path of a SQLite file.");

        return Sqlite(text);
    }

    /// <summary>A SQLite file.</summary>
    /// <exception cref="FormatException">The path names no file.</exception>
    public static DatabaseTarget Sqlite(string path)
    {
        if (path.Contains('\0') || path == ":memory:" || path.EndsWith('/') || path.EndsWith(Path.DirectorySeparatorChar) || Directory.Exists(path))
            throw new FormatException($"'{path.Replace("\0", "", StringComparison.Ordinal)}' is not the path of a SQLite file.");

        var file = Path.GetFullPath(path);
        return new DatabaseTarget(DatabaseKind.Sqlite, new SqliteConnectionStringBuilder { DataSource = file }.ToString(), file);
    }

    static DatabaseTarget PostgreSql(NpgsqlConnectionStringBuilder builder) => new(DatabaseKind.PostgreSql, builder.ConnectionString,
        string.Create(CultureInfo.InvariantCulture, $"{builder.Host}:{builder.Port}/{builder.Database}"));
}
