using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;
using Xunit;

namespace Atbb.Indexing.Tests.Databases;

/// <summary>The database's file, and somebody who takes it away from under the process.</summary>
public class SqliteFileTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("removed")]
    [InlineData("replaced by another database")]
    [InlineData("replaced by its own backup")]
    public async Task Ping_TheFileIsNotTheOneThatWasOpened_IsUnavailableUntilItIsBackAndMakesNoOther(string how)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There, a file that is open cannot be taken away.");
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.Sqlite);
        await using var other = await TestDatabase.CreateAsync(DatabaseKind.Sqlite);
        await PingAsync(database);
        var aside = database.Address + ".aside";
        File.Move(database.Address, aside);
        if (how != "removed")
            File.Copy(how.EndsWith("backup", StringComparison.Ordinal) ? aside : other.Address, database.Address);

        var error = await Assert.ThrowsAsync<IndexUnavailableException>(() => PingAsync(database));
        Assert.Contains($"{database.Address} was removed or replaced", error.Message, StringComparison.Ordinal);
        Assert.Contains("stop this process, restore the file", error.Message, StringComparison.Ordinal);
        Assert.Equal(how != "removed", File.Exists(database.Address));

        File.Move(aside, database.Address, overwrite: true);
        await PingAsync(database);
    }

    [Fact]
    public async Task BeginAsync_OfAWriterThatIsOpen_TheFileIsGone_WritesNothing()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There, a file that is open cannot be taken away.");
        await using var database = await TestDatabase.CreateAsync(DatabaseKind.Sqlite);
        await using var writer = database.Index.CreateWriter();
        await writer.BeginAsync(new() { Dids = [] }, alone: false);
        await writer.RollbackAsync();
        File.Move(database.Address, database.Address + ".aside");

        await Assert.ThrowsAsync<SqliteFileMovedException>(() => writer.BeginAsync(new() { Dids = [] }, alone: false));
    }

    static Task PingAsync(TestDatabase database) => database.Index.PingAsync(TimeSpan.FromMinutes(1), TimeProvider.System, Cancel);
}
