using System.Data.Common;

namespace Atbb.Indexing.Databases;

/// <summary>Connections to one SQLite file, each with its settings.</summary>
sealed class SqliteDataSource(string connectionString) : DbDataSource
{
    public override string ConnectionString => connectionString;

    protected override DbConnection CreateDbConnection() => new TunedSqliteConnection(connectionString);
}
