using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Atbb.Testing.Databases;

namespace Atbb.EndToEnd.Tests.Upgrades;

/// <summary>What the first release has stored, this one goes on with.</summary>
public sealed class FirstReleaseTests
{
    public static TheoryData<DatabaseKind> Kinds => [.. TestDatabase.Kinds];

    [Theory, MemberData(nameof(Kinds))]
    public async Task Backfill_OnTheFirstReleasesUnfinishedRun_GoesOnWithItAndEndsWithTheRightIndex(DatabaseKind kind)
    {
        var frozen = FirstRelease.Forum();
        var forum = frozen.Thaw();
        await using var pds = await SamplePds.StartAsync();
        forum.HostOn(pds);
        using var database = await IndexAddress.CreateAsync(kind);
        await FirstRelease.RestoreAsync(database, kind, frozen.Pds, pds.Origin.GetLeftPart(UriPartial.Authority));
        using var site = new AtbbSite(forum.Forum.Did, database.Value, pds.Origin);

        await using var atbb = site.Backfill("full_sync", forum.Users.Select(user => user.Did));

        Assert.True(await atbb.ExitAsync() == 0, $"{atbb}");
        Assert.True(atbb.Figures().Resumed, $"{atbb}");
        await using var index = database.Open();
        await IndexCheck.AssertAsync(index, atbb.Figures(), ForumSnapshot.Of(forum), before: null, $"{atbb}");
        // It went on, and did not begin again.
        Assert.DoesNotContain(pds.Log.Snapshot(), request => request.IsListing && request.Collection == "space.atbb.forum.forum");
    }

    [Theory, MemberData(nameof(Kinds))]
    public async Task AnyStart_OnTheTablesOfANewerRelease_IsRefusedWithTheReason(DatabaseKind kind)
    {
        using var database = await IndexAddress.CreateAsync(kind);
        await using (var index = database.Open())
        {
            await index.MigrateAsync(TestContext.Current.CancellationToken);
            await using var connection = await index.Index.OpenConnectionAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = $"""
                insert into schemaversions (scriptname, applied)
                values ('Atbb.Indexing.Databases.Migrations.{(kind is DatabaseKind.PostgreSql ? "PostgreSql" : "Sqlite")}.0099_of_tomorrow.sql', '2027-01-01')
                """;
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        using var site = new AtbbSite("did:plc:forum", database.Value, new Uri("http://127.0.0.1:9"));
        await using var atbb = site.Serve();

        Assert.True(await atbb.ExitAsync() == 3, $"{atbb}");
        Assert.Contains("A newer release has changed the tables", atbb.Errors, StringComparison.Ordinal);
        Assert.Contains("0099_of_tomorrow.sql", atbb.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", atbb.Errors, StringComparison.Ordinal);
    }
}
