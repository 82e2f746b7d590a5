using System.Data;
using System.Data.Common;
using System.Globalization;
using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Xunit;

namespace Atbb.Indexing.Tests.Databases;

/// <summary>Orleans's queries to its contract, with parameters as its providers bind them.</summary>
public sealed class OrleansQueryTests : IndexTests
{
    static readonly DateTime At = new(2026, 11, 1, 12, 0, 0, DateTimeKind.Utc);

    static (string, object?)[] Grain(string? extension, params (string, object?)[] more) =>
    [
        ("GrainIdHash", 17), ("GrainIdN0", 0L), ("GrainIdN1", 5L), ("GrainTypeHash", -3), ("GrainTypeString", "run"),
        ("GrainIdExtensionString", extension), ("ServiceId", "atbb"), .. more,
    ];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Storage_WritesReadsClearsAndRefusesAnOldVersion(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        foreach (var extension in new[] { null, "did:plc:alice" })
        {
            Task<List<object?[]>> Run(string key, params (string, object?)[] more) => RunAsync(database, key, Grain(extension, more));
            Task<List<object?[]>> Write(int? version, byte payload) => Run("WriteToStorageKey", ("GrainStateVersion", version), ("PayloadBinary", new[] { payload }));

            Assert.Empty(await Run("ReadFromStorageKey"));
            Assert.Empty(await Write(1, 9));
            Assert.Equal([[1L]], await Write(null, 1));
            Assert.Empty(await Write(null, 9));
            Assert.Equal([[2L]], await Write(1, 2));
            Assert.Empty(await Write(1, 9));
            Assert.Equal([[new byte[] { 2 }, 2L]], await Run("ReadFromStorageKey"));

            Assert.Empty(await Run("ClearStorageKey", ("GrainStateVersion", 1)));
            Assert.Equal([[3L]], await Run("ClearStorageKey", ("GrainStateVersion", 2)));
            Assert.Equal([[null, 3L]], await Run("ReadFromStorageKey"));
            Assert.Equal([[4L]], await Write(3, 4));

            Assert.Empty(await Run("DeleteStorageKey", ("GrainStateVersion", 3)));
            Assert.Single(await Run("DeleteStorageKey", ("GrainStateVersion", 4)));
            Assert.Empty(await Run("ReadFromStorageKey"));
            Assert.Equal([[1L]], await Write(null, 1));
        }
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Storage_ManyWritersOfOneVersion_OneWins(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            RunAsync(database, "WriteToStorageKey", Grain("x", ("GrainStateVersion", null), ("PayloadBinary", new[] { (byte)i }))))));

        Assert.Single(results, result => result.Count == 1);
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Reminders_UpsertReadAndDelete(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        Task<List<object?[]>> Upsert(string grain, int hash, long period) => RunAsync(database, "UpsertReminderRowKey",
            ("ServiceId", "atbb"), ("GrainId", grain), ("ReminderName", "resume"), ("StartTime", At), ("Period", period), ("GrainHash", hash));
        var grain = "userrepo/did:web:" + new string('x', 200);

        Assert.Equal([[0L]], await Upsert(grain, 5, 60_000));
        Assert.Equal([[1L]], await Upsert(grain, 5, 70_000));

        var row = Assert.Single(await RunAsync(database, "ReadReminderRowKey", ("ServiceId", "atbb"), ("GrainId", grain), ("ReminderName", "resume")));
        Assert.Equal([grain, "resume", 70_000L, 1L], [row[0], row[1], row[3], row[4]]);
        Assert.Equal(At, TimeOf(row[2]));
        Assert.Single(await RunAsync(database, "ReadReminderRowsKey", ("ServiceId", "atbb"), ("GrainId", grain)));
        Assert.Empty(await RunAsync(database, "ReadReminderRowsKey", ("ServiceId", "other"), ("GrainId", grain)));

        Task<List<object?[]>> Delete(int version) => RunAsync(database, "DeleteReminderRowKey",
            ("ServiceId", "atbb"), ("GrainId", grain), ("ReminderName", "resume"), ("Version", version));
        Assert.Equal([[0L]], await Delete(0));
        Assert.Equal([[1L]], await Delete(1));
        Assert.Equal([[0L]], await Delete(1));

        await Upsert("a", 1, 1);
        await RunAsync(database, "DeleteReminderRowsKey", ("ServiceId", "atbb"));
        Assert.Empty(await RunAsync(database, "ReadReminderRowsKey", ("ServiceId", "atbb"), ("GrainId", "a")));
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task Reminders_RangesOfTheRing_OpenAtTheirBeginning(DatabaseKind kind)
    {
        var database = await OpenAsync(kind);
        foreach (var hash in new[] { int.MinValue, -10, 0, 10, int.MaxValue })
            await RunAsync(database, "UpsertReminderRowKey",
                ("ServiceId", "atbb"), ("GrainId", hash.ToString(CultureInfo.InvariantCulture)), ("ReminderName", "r"), ("StartTime", At), ("Period", 1L), ("GrainHash", hash));

        async Task<string> Range(string key, int begin, int end) => string.Join(' ',
            (await RunAsync(database, key, ("ServiceId", "atbb"), ("BeginHash", begin), ("EndHash", end))).Select(row => int.Parse((string)row[0]!, CultureInfo.InvariantCulture)).Order());

        Assert.Equal("0 10", await Range("ReadRangeRows1Key", -10, 10));
        Assert.Equal("-2147483648 -10 2147483647", await Range("ReadRangeRows2Key", 10, -10));
        Assert.Equal("-2147483648 -10 0 10 2147483647", await Range("ReadRangeRows2Key", 5, 5));
    }

    [Fact]
    public async Task Membership_InsertAndUpdate_MoveTheVersionBothOrNeither()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        var deployment = ("DeploymentId", (object?)"atbb");
        (string, object?)[] Silo(int generation) => [deployment, ("Address", "127.0.0.1"), ("Port", 11111), ("Generation", generation)];
        Task<List<object?[]>> Insert(int generation, int version) => RunAsync(database, "InsertMembershipKey",
            [.. Silo(generation), ("SiloName", "s"), ("HostName", "h"), ("Status", 3), ("ProxyPort", 30000), ("StartTime", At), ("IAmAliveTime", At), ("Version", version)]);
        Task<List<object?[]>> Update(int generation, int status, int version) => RunAsync(database, "UpdateMembershipKey",
            [.. Silo(generation), ("Status", status), ("SuspectTimes", null), ("IAmAliveTime", At), ("Version", version)]);

        Assert.Equal([[1L]], await RunAsync(database, "InsertMembershipVersionKey", deployment));
        Assert.Equal([[0L]], await RunAsync(database, "InsertMembershipVersionKey", deployment));
        var nobody = Assert.Single(await RunAsync(database, "MembershipReadAllKey", deployment));
        Assert.Equal(["atbb", null, 0L], [nobody[0], nobody[1], nobody[11]]);

        Assert.Equal([[1L]], await Insert(1, 0));
        Assert.Equal([[0L]], await Insert(2, 0));
        Assert.Equal([[0L]], await Insert(1, 1));
        Assert.Equal([[0L]], await Update(2, 6, 1));
        Assert.Equal([[0L]], await Update(1, 6, 0));
        var silo = Assert.Single(await RunAsync(database, "MembershipReadRowKey", Silo(1)));
        Assert.Equal([3L, 30000L, 1L], [silo[6], silo[7], silo[11]]);
        var unknown = Assert.Single(await RunAsync(database, "MembershipReadRowKey", Silo(9)));
        Assert.Equal([null, 1L], [unknown[1], unknown[11]]);
        Assert.Equal([["127.0.0.1", 30000L, 1L]], await RunAsync(database, "GatewaysQueryKey", deployment, ("Status", 3)));

        Assert.Equal([[1L]], await Update(1, 6, 1));
        Assert.Empty(await RunAsync(database, "GatewaysQueryKey", deployment, ("Status", 3)));
        await RunAsync(database, "UpdateIAmAlivetimeKey", [.. Silo(1), ("IAmAliveTime", At.AddHours(1))]);
        await RunAsync(database, "CleanupDefunctSiloEntriesKey", deployment, ("IAmAliveTime", At.AddMinutes(30)));
        Assert.Equal([2L], (await RunAsync(database, "MembershipReadRowKey", Silo(1))).Select(row => row[11]));
        Assert.NotNull((await RunAsync(database, "MembershipReadRowKey", Silo(1)))[0][1]);
        await RunAsync(database, "CleanupDefunctSiloEntriesKey", deployment, ("IAmAliveTime", At.AddHours(2)));
        Assert.Null((await RunAsync(database, "MembershipReadRowKey", Silo(1)))[0][1]);

        await RunAsync(database, "DeleteMembershipTableEntriesKey", deployment);
        Assert.Empty(await RunAsync(database, "MembershipReadAllKey", deployment));
    }

    [Fact]
    public async Task Membership_SilosThatJoinAtOnce_OnlyOneIsIn()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await RunAsync(database, "InsertMembershipVersionKey", ("DeploymentId", "atbb"));

        var results = await Task.WhenAll(Enumerable.Range(1, 8).Select(generation => RunAsync(database, "InsertMembershipKey",
            ("DeploymentId", "atbb"), ("Address", "127.0.0.1"), ("Port", 1), ("Generation", generation), ("SiloName", "s"), ("HostName", "h"), ("Status", 3),
            ("ProxyPort", 0), ("StartTime", At), ("IAmAliveTime", At), ("Version", 0))));

        Assert.Equal(1L, results.Sum(result => (long)result[0][0]!));
        Assert.Single(await RunAsync(database, "MembershipReadAllKey", ("DeploymentId", "atbb")));
    }

    static async Task<List<object?[]>> RunAsync(TestDatabase database, string key, params (string Name, object? Value)[] parameters)
    {
        await using var connection = await database.Index.Orleans.OpenConnectionAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = "select QueryText from OrleansQuery where QueryKey = '" + key + "'";
        command.CommandText = (string)(await command.ExecuteScalarAsync(Token))!;
        foreach (var (name, value) in parameters)
            Add(command, name, value);

        await using var reader = await command.ExecuteReaderAsync(Token);
        var rows = new List<object?[]>();
        while (await reader.ReadAsync(Token))
        {
            var row = new object[reader.FieldCount];
            reader.GetValues(row);
            rows.Add([.. row.Select(value => value switch { DBNull => null, int number => (long)number, var other => other })]);
        }

        return rows;
    }

    static void Add(DbCommand command, string name, object? value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value ?? DBNull.Value;
        parameter.Direction = ParameterDirection.Input;
        command.Parameters.Add(parameter);
    }

    static DateTime TimeOf(object? value) => value is DateTime time ? time : DateTime.Parse((string)value!, CultureInfo.InvariantCulture);
}
