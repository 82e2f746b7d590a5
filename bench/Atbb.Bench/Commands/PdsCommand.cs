using System.CommandLine;
using System.Text.Json;
using Atbb.Bench.Forums;
using Atbb.Sample;

namespace Atbb.Bench.Commands;

/// <summary><c>pds</c>: the forum's server. Started by the other commands.</summary>
static class PdsCommand
{
    const long Megabyte = 1024 * 1024;

    public static Command Create()
    {
        var users = new Option<int>("--users") { Required = true };
        var posts = new Option<int>("--posts") { Required = true };
        var latency = new Option<int>("--latency");
        var seed = new Option<int>("--seed") { DefaultValueFactory = _ => 1 };
        var dids = new Option<string>("--dids") { Required = true };
        var kept = new Option<int>("--kept-mb") { DefaultValueFactory = _ => 512 };
        var command = new Command("pds", "Serves a generated forum. Reads questions from its standard input and ends with it.") { Hidden = true };
        foreach (var option in new Option[] { users, posts, latency, seed, dids, kept })
            command.Options.Add(option);
        command.SetAction(async (line, _) =>
        {
            var size = new SampleForumOptions { Users = line.GetValue(users), PostsPerUser = line.GetValue(posts), Seed = line.GetValue(seed) };
            await ServeAsync(SampleForum.GenerateLazily(size, line.GetValue(kept) * Megabyte), TimeSpan.FromMilliseconds(line.GetValue(latency)), line.GetValue(dids)!);
        });
        return command;
    }

    static async Task ServeAsync(SampleForum forum, TimeSpan latency, string dids)
    {
        await using var pds = await SamplePds.StartAsync();
        pds.Latency = latency;
        // The counts are wanted, and not the requests.
        pds.Log.Capacity = 1;
        forum.HostOn(pds);
        await File.WriteAllLinesAsync(dids, forum.Users.Select(user => user.Did));
        Say(new PdsStart(pds.Origin, forum.Forum.Did));

        while (await Console.In.ReadLineAsync() is { } question)
        {
            switch (Enum.Parse<PdsQuestion>(question))
            {
                case PdsQuestion.Expected:
                    var tally = RecordTally.Of(forum);
                    Say(new ForumContents(tally.Digests(), tally.Count, forum.Repos.Count));
                    break;
                case PdsQuestion.Figures:
                    Say(Figures(pds));
                    break;
                case PdsQuestion.Forget:
                    Say(Figures(pds));
                    pds.Log.Clear();
                    break;
            }
        }
    }

    static PdsFigures Figures(SamplePds pds)
    {
        var directory = pds.Log.CountOf(PdsRequest.DidDocument);
        return new PdsFigures(pds.Log.Count - directory, directory, pds.Log.Bytes);
    }

    static void Say<T>(T answer) => Console.Out.WriteLine(JsonSerializer.Serialize(answer));
}
