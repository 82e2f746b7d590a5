using System.CommandLine;
using Atbb.Silo.Configuration;
using Atbb.Silo.Remote;

namespace Atbb.Silo.Commands;

/// <summary>The options of commands to a serving process.</summary>
sealed class RemoteOptions
{
    readonly Option<string?> url = new("--url")
    {
        Description = "Where atbb serve listens. Also: Atbb__Admin__Url. Default: http://127.0.0.1:5080.",
        HelpName = "URL",
    };

    // Arguments are seen by everybody on the machine, the environment is not.
    readonly Option<string?> token = new("--token")
    {
        Description = "Its token, if it has one. Better in Atbb__Admin__Token: everybody on this machine can see a command line.",
        HelpName = "TOKEN",
    };

    readonly Option<bool> json = JsonOut.Option();

    /// <summary>A command to a serving process.</summary>
    public static Command Command(string name, string description, RemoteOptions options, params IEnumerable<Symbol> symbols)
    {
        var command = new Command(name, $"{description}\n\n{ExitCode.RemoteTable}");
        foreach (var symbol in symbols)
            if (symbol is Argument argument)
                command.Arguments.Add(argument);
            else
                command.Options.Add((Option)symbol);
        command.Options.Add(options.url);
        command.Options.Add(options.token);
        command.Options.Add(options.json);
        return command;
    }

    /// <summary>The process that the command line, or the settings, name.</summary>
    public AdminClient Connect(ParseResult line) => new(AdminAddress.Of(line.GetValue(url), line.GetValue(token), SettingsLoader.LoadAdmin()));

    /// <summary>Whether programs read the answer.</summary>
    public bool IsJson(ParseResult line) => line.GetValue(json);

    /// <summary>The argument that names a run.</summary>
    public static Argument<long> Run() => new("ID") { Description = "The run's id, as in atbb runs.", CustomParser = static typed => TypedId.Read(typed) ?? 0 };

    /// <summary>The argument that names a repository.</summary>
    public static Argument<string> Repo() => new("REPO")
    {
        Description = "The account's DID or its handle.",
        HelpName = "DID|HANDLE",
        // Handles are often copied as they are written in a text.
        CustomParser = static typed => typed.Tokens[^1].Value is ['@', .. var handle] ? handle : typed.Tokens[^1].Value,
    };

    /// <summary>The option to stay until a run has ended.</summary>
    public static Option<bool> Watch() => new("--watch") { Description = "Show the run until it has ended or is paused; Ctrl-C ends the showing, not the run." };
}
