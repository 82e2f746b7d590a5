using DbUp.Builder;
using Microsoft.Extensions.Logging;

namespace Atbb.Indexing.Databases;

/// <summary>Runs the scripts of one folder of <c>Migrations/</c> that the database has not seen. The caller holds the lock.</summary>
static class Migration
{
    public static void Run(UpgradeEngineBuilder builder, string folder, ILogger logger)
    {
        var prefix = $"{typeof(Migration).Namespace}.Migrations.{folder}.";
        var result = builder
            .WithScriptsEmbeddedInAssembly(typeof(Migration).Assembly, name => name.StartsWith(prefix, StringComparison.Ordinal))
            // A $name$ in a script is not ours to replace.
            .WithVariablesDisabled()
            .WithTransactionPerScript()
            .LogTo(new MigrationLog(logger))
            .Build()
            .PerformUpgrade();

        if (!result.Successful)
            throw result.Error;
    }
}
