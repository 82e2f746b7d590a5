using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Indexing.Databases;
using Atbb.Sample;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atbb.EndToEnd.Tests;

/// <summary>The first thing that anybody runs.</summary>
[Collection(Demos.Name)]
public sealed class DemoTests : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("atbb-demo-");

    [Fact]
    public async Task Demo_InAnEmptyFolder_ReadsItsForumAndShowsThreads()
    {
        await using var demo = Start(users: 20, posts: 10, latency: 0);

        Assert.True(await demo.ExitAsync() == 0, $"{demo}");
        await AssertExactAsync(demo, new() { Users = 20, PostsPerUser = 10 });
        Assert.Contains("replies", demo.Output, StringComparison.Ordinal);
        Assert.Contains("→", demo.Output, StringComparison.Ordinal);
        Assert.Contains("space.atbb.post", demo.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_KilledAndStartedAgain_GoesOnAndComesToTheSameFigures()
    {
        await using (var killed = Start(users: 400, posts: 20, latency: 150))
        {
            await Poll.UntilAsync(
                _ => Task.FromResult(killed.Output.Contains("InProgress: users", StringComparison.Ordinal) || killed.HasEnded ? "" : null),
                AtbbProcess.Patience, () => $"users to be read.\n{killed}");
            Assert.False(killed.HasEnded, $"{killed}");
            await killed.KillAsync();
        }

        await using var demo = Start(users: 400, posts: 20, latency: 0);

        Assert.True(await demo.ExitAsync() == 0, $"{demo}");
        Assert.True(demo.Figures().Resumed, $"{demo}");
        await AssertExactAsync(demo, new() { Users = 400, PostsPerUser = 20 });
    }

    public void Dispose() => folder.Delete(recursive: true);

    AtbbProcess Start(int users, int posts, int latency) => AtbbProcess.Start(
        folder.FullName, ["demo", "--exit", "--folder", "demo", "--users", $"{users}", "--posts", $"{posts}", "--latency", $"{latency}"]);

    async Task AssertExactAsync(AtbbProcess demo, SampleForumOptions size)
    {
        await using var index = IndexDatabase.Create(
            DatabaseTarget.Sqlite(Path.Combine(folder.FullName, "demo", "atbb.db")), NullLoggerFactory.Instance);
        await IndexCheck.AssertAsync(index, demo.Figures(), ForumSnapshot.Of(SampleForum.Generate(size)), before: null, $"{demo}");
    }
}
