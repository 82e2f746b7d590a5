using Atbb.Indexing.Databases;
using Atbb.Testing.Databases;

namespace Atbb.Indexing.Tests.Batches;

/// <summary>Has a database refuse a post for its text.</summary>
static class RefusedRecords
{
    public const string Text = "refuse me";

    public static Task<int> RefuseAsync(TestDatabase database) => database.ExecuteAsync(database.Kind == DatabaseKind.PostgreSql
        ? $"alter table posts add check (text <> '{Text}')"
        : $"create trigger refuse before insert on posts when new.text = '{Text}' begin select raise(abort, 'refused'); end");
}
