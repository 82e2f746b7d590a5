using Atbb.EndToEnd.Tests.Processes;
using Atbb.Indexing.Collections;

namespace Atbb.EndToEnd.Tests.Soak;

/// <summary>Somebody removes rows from an index, behind the service's back and while it is not running.</summary>
static class SoakWipe
{
    static readonly string[] OfRecords = [.. CollectionCatalog.All.Select(static of => of.Table)];

    public static Task WipeAsync(SoakWorld world, IndexAddress database, SoakFigures figures)
    {
        switch (world.Next(5))
        {
            case 0:
                return DeleteAsync("posts", ["posts"], world.Accounts);
            case 1:
                return DeleteAsync("all records and users", [.. OfRecords, "users"], world.Accounts);
            case 2:
                return DeleteAsync("users", ["users"], []);
            // Of one who has an error nobody knows whether there ever was a row.
            case 3 when world.Accounts.Where(static account => account.Fate is SoakFate.Active && !account.BadUris().Any()).ToList() is { Count: > 0 } whole:
                var account = whole[world.Next(whole.Count)];
                return DeleteAsync("one account's records", OfRecords, [account], $" where did = '{account.Did}'");
            default:
                return Task.CompletedTask;
        }

        async Task DeleteAsync(string what, IReadOnlyList<string> tables, IReadOnlyList<SoakAccount> accounts, string where = "")
        {
            figures.Count($"wiped: {what}");
            await using var index = database.Open();
            await using var connection = await index.Index.OpenConnectionAsync();
            await using var delete = connection.CreateCommand();
            foreach (var table in tables)
            {
                delete.CommandText = $"delete from {table}{where}";
                var rows = await delete.ExecuteNonQueryAsync();
                world.RowsBesideRuns -= table == "users" ? 0 : rows;
            }

            foreach (var account in accounts)
                account.Wiped();
        }
    }
}
