using Atbb.Indexing.Databases;

namespace Atbb.AppView.Tests;

/// <summary>One served forum a kind of database, made when the first test asks for it.</summary>
public sealed class ServedForums : IAsyncDisposable
{
    readonly Dictionary<DatabaseKind, Task<ServedForum>> forums = [];

    /// <summary>The forum on that kind of database.</summary>
    public Task<ServedForum> OnAsync(DatabaseKind kind)
    {
        if (!forums.TryGetValue(kind, out var forum))
            forums[kind] = forum = ServedForum.StartAsync(kind);
        return forum;
    }

    /// <summary>Ends them.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var forum in forums.Values.Where(forum => forum.IsCompletedSuccessfully))
            await (await forum).DisposeAsync();
    }
}
