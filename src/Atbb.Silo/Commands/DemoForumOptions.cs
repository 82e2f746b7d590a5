using System.CommandLine;
using Atbb.Sample;

namespace Atbb.Silo.Commands;

/// <summary>The options of commands that generate a forum.</summary>
sealed class DemoForumOptions
{
    readonly Option<int> users = NumberOption.Create("--users", "Members of the generated forum.", byDefault: 400);
    readonly Option<int> posts = NumberOption.Create("--posts", "Posts of each of them.", byDefault: 40);
    readonly Option<int> seed = NumberOption.Create("--seed", "What chance starts from: the same seed makes the same forum.", byDefault: 1, least: int.MinValue);
    readonly Option<int> latency = NumberOption.Create("--latency", "Milliseconds that the PDS takes for every answer.", byDefault: 3, helpName: "MS");

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new[] { users, posts, seed, latency })
            command.Options.Add(option);
    }

    /// <summary>The forum that a command line asks for.</summary>
    public SampleForumOptions Read(ParseResult line) => new() { Users = line.GetValue(users), PostsPerUser = line.GetValue(posts), Seed = line.GetValue(seed) };

    /// <summary>How long its PDS takes for every answer.</summary>
    public TimeSpan Latency(ParseResult line) => TimeSpan.FromMilliseconds(line.GetValue(latency));
}
