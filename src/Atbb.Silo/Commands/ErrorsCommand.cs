using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Atbb.Indexing.Collections;
using Atbb.Silo.Progress;
using Atbb.Silo.Remote;

namespace Atbb.Silo.Commands;

/// <summary><c>atbb errors</c>: what is missing in the index, or what one run could not bring into it.</summary>
static class ErrorsCommand
{
    // On a page, as the service has it.
    const int Most = 1_000;

    public static Command Create()
    {
        var remote = new RemoteOptions();
        var id = new Argument<long?>("ID")
        {
            Description = "The run's id, as in atbb runs; 0: what was read by hand. Default: all that is missing in the index, whichever run met it.",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = TypedId.Read,
        };
        var did = new Option<string?>("--did") { Description = "Those of that repository.", HelpName = "DID" };
        var kind = new Option<string?>("--kind") { Description = "Those of that kind, such as unreachable. What each means: docs/operate.md.", HelpName = "KIND" };
        kind.CompletionSources.Add([.. FailureKinds.All]);
        kind.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<string>() is { } typed && !FailureKinds.All.Contains(typed))
                result.AddError($"--kind: '{typed}' is no kind of error. The kinds: {string.Join(", ", FailureKinds.All)}.");
        });
        var after = new Option<long?>("--after") { Description = "Those after that error: the next page.", HelpName = "ERROR", CustomParser = TypedId.Read };
        var limit = NumberOption.Create("--limit", "At most so many on a page.", byDefault: 100, least: 1, most: Most);
        var all = new Option<bool>("--all") { Description = "Every page." };
        var command = RemoteOptions.Command("errors", "Lists what is missing in the index, or what one run could not bring into it, and why.", remote, id, did, kind, after, limit, all);
        command.SetAction(async (line, cancellationToken) =>
        {
            using var client = remote.Connect(line);
            var run = line.GetValue(id);
            var document = new JsonArray();
            var next = line.GetValue(after);
            // What was asked is asked again, from there on.
            var asked = string.Join(' ', new[] { "atbb errors", run?.ToString(CultureInfo.InvariantCulture), Of(did), Of(kind), Of(limit) }.OfType<string>());
            // Nobody looks at single pages of all, and each costs the index a look at every error.
            var size = line.GetValue(all) && Of(limit) is null ? Most : line.GetValue(limit);
            string? Of(Option option) => line.GetResult(option) is { Implicit: false, Tokens: [var given] } ? $"{option.Name} {given.Value}" : null;
            do
            {
                var page = await client.ListErrorsAsync(run, line.GetValue(did), line.GetValue(kind), next, size, cancellationToken);
                next = page.Value.Next;
                if (remote.IsJson(line))
                    foreach (var error in page.Json.GetProperty("errors").EnumerateArray())
                        document.Add(JsonNode.Parse(error.GetRawText()));
                else
                    ErrorsView.Write(ProgressDisplay.Screen, run, page.Value with { Next = line.GetValue(all) ? null : next }, asked);
            }
            while (line.GetValue(all) && next is not null);

            if (remote.IsJson(line))
                JsonOut.Write(new JsonObject { ["errors"] = document, ["next"] = next });
            return ExitCode.Completed;
        });
        return command;
    }
}
