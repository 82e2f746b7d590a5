using System.Data;
using Dapper;
using Microsoft.Data.Sqlite;

namespace Atbb.Indexing.Databases;

/// <summary>Times in ordinary queries, on either database.</summary>
sealed class StoredTime : SqlMapper.TypeHandler<DateTimeOffset>
{
    /// <summary>Makes Dapper know it. Before the first query; again does no harm.</summary>
    public static void Register()
    {
        // Dapper's own mapping comes first unless it is taken away.
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
        SqlMapper.RemoveTypeMap(typeof(DateTimeOffset?));
        SqlMapper.AddTypeHandler(new StoredTime());
    }

    public static DateTimeOffset Read(object value) => value switch
    {
        DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)),
        DateTimeOffset time => time,
        string text => SqliteTime.Read(text),
        _ => throw new DataException($"A time is stored as {value.GetType()}."),
    };

    public override DateTimeOffset Parse(object value) => Read(value);

    public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
        parameter.Value = parameter is SqliteParameter ? SqliteTime.Of(value) : value.ToUniversalTime();
}
