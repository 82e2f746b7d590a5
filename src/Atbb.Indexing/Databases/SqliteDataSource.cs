using System.Data.Common;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace Atbb.Indexing.Databases;

/// <summary>Connections to one SQLite file, each with its settings; none once that file is no longer the one at its path.</summary>
sealed class SqliteDataSource(string connectionString) : DbDataSource
{
    // https://sqlite.org/c3ref/c_fcntl_begin_atomic_write.html: SQLITE_FCNTL_HAS_MOVED
    const int HasMoved = 20;

    readonly Lock opening = new();

    // Open for as long as there are others, which by now may stand for two files: theirs is this one's.
    SqliteConnection? witness;
    bool isDisposed;

    public override string ConnectionString => connectionString;

    /// <summary>
    /// Sees to it that nothing is read or written in a file that somebody has removed or replaced. On Unix nothing else would tell: the connections that are
    /// open go on in a file without a name, and all of it is gone when the process ends.
    /// </summary>
    /// <exception cref="SqliteFileMovedException">It was.</exception>
    public void SeeThatItIsThere()
    {
        lock (opening)
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            witness ??= OpenWitness();
            // Where the system does not let open files be removed, SQLite does not know the question, and the answer stays 0.
            if (sqlite3_file_control(witness.Handle!.DangerousGetHandle(), IntPtr.Zero, HasMoved, out var moved) == 0 && moved != 0)
                throw new SqliteFileMovedException(witness.DataSource);
        }
    }

    protected override DbConnection CreateDbConnection()
    {
        SeeThatItIsThere();
        return new TunedSqliteConnection(connectionString);
    }

    protected override void Dispose(bool disposing)
    {
        lock (opening)
        {
            if (disposing)
                witness?.Dispose();
            isDisposed = true;
        }

        base.Dispose(disposing);
    }

    SqliteConnection OpenWitness()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // A null name is the main database.
    [DllImport("e_sqlite3"), DefaultDllImportSearchPaths(DllImportSearchPath.AssemblyDirectory | DllImportSearchPath.SafeDirectories)]
    static extern int sqlite3_file_control(IntPtr connection, IntPtr name, int question, out int answer);
}
