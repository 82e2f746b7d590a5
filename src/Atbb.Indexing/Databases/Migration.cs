using DbUp.Builder;
using DbUp.Engine;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Atbb.Indexing.Databases;

/// <summary>Runs the scripts of one folder of <c>Migrations/</c> that the database has not seen. The caller holds the lock.</summary>
static class Migration
{
    public static void Run(UpgradeEngineBuilder builder, string folder, ILogger logger)
    {
        var result = EngineOf(builder, folder, logger).PerformUpgrade();
        if (!result.Successful)
            throw result.Error;
    }

    /// <summary>Compares what the database has seen with what there is. Changes nothing.</summary>
    public static SchemaState Read(UpgradeEngineBuilder builder, string folder)
    {
        var prefix = PrefixOf(folder);
        var engine = EngineOf(builder, folder, NullLogger.Instance);
        var known = engine.GetDiscoveredScripts().Select(script => script.Name).ToHashSet(StringComparer.Ordinal);
        // By the prefix: another program may keep its own scripts' names in a table of the same name.
        var seen = engine.GetExecutedScripts().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);
        return new(seen.Count(known.Contains), Short(known.Except(seen)), Short(seen.Except(known)));

        IReadOnlyList<string> Short(IEnumerable<string> names) => [.. names.Select(name => name[prefix.Length..]).Order(StringComparer.Ordinal)];
    }

    static UpgradeEngine EngineOf(UpgradeEngineBuilder builder, string folder, ILogger logger)
    {
        var prefix = PrefixOf(folder);
        return builder
            .WithScriptsEmbeddedInAssembly(typeof(Migration).Assembly, name => name.StartsWith(prefix, StringComparison.Ordinal))
            // A $name$ in a script is not ours to replace.
            .WithVariablesDisabled()
            .WithTransactionPerScript()
            .LogTo(new MigrationLog(logger))
            .Build();
    }

    // Stands in every database there is: a script's name is never changed.
    static string PrefixOf(string folder) => $"{typeof(Migration).Namespace}.Migrations.{folder}.";
}
