using System.CommandLine;

namespace Atbb.Silo.Commands;

/// <summary>The options that commands share, and the settings they stand for.</summary>
sealed class CommonOptions
{
    readonly Option<string?> database = new("--database")
    {
        Description = "A postgresql:// URL, an Npgsql connection string, or the path of a SQLite file. Default: data/atbb.db here. Also: DATABASE_URL.",
        HelpName = "URL|FILE",
    };

    readonly Option<string?> forum = new("--forum")
    {
        Description = "The forum's DID: the account whose repository holds its boards. Also: FORUM_DID.",
        HelpName = "DID",
    };

    readonly Option<string?> plc = new("--plc")
    {
        Description = "Origin of the directory that knows did:plc accounts. Default: https://plc.directory.",
        HelpName = "URL",
    };

    readonly Option<string[]> set = new("--set")
    {
        Description = "Any setting, as NAME=VALUE (Backfill:Concurrency=20). May be given several times. All settings: docs/configuration.md.",
        HelpName = "NAME=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(forum);
        command.Options.Add(database);
        command.Options.Add(plc);
        command.Options.Add(set);
        set.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !token.Value.Contains('=', StringComparison.Ordinal)))
                result.AddError($"--set {token.Value}: a setting is given as NAME=VALUE.");
        });
    }

    /// <summary>The settings that a command line gives.</summary>
    public Dictionary<string, string?> Read(ParseResult line)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var text in line.GetValue(set) ?? [])
        {
            var (name, value) = (text[..text.IndexOf('=', StringComparison.Ordinal)], text[(text.IndexOf('=', StringComparison.Ordinal) + 1)..]);
            settings[name.StartsWith("Atbb:", StringComparison.OrdinalIgnoreCase) ? name : $"Atbb:{name}"] = value;
        }

        Set("Atbb:Database", line.GetValue(database));
        Set("Atbb:Forum:Did", line.GetValue(forum));
        Set("Atbb:PlcDirectory", line.GetValue(plc));
        return settings;

        void Set(string key, string? value)
        {
            if (value is not null)
                settings[key] = value;
        }
    }
}
