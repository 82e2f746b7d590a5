using Atbb.Indexing.Collections;
using Xunit;

namespace Atbb.Indexing.Tests.Collections;

public sealed class CollectionCatalogTests
{
    [Fact]
    public void All_ReadsWhatIsReferredToFirst()
    {
        Assert.Equal(
            ["space.atbb.forum.forum", "space.atbb.forum.category", "space.atbb.forum.board", "space.atbb.forum.role", "space.atbb.modAction"],
            CollectionCatalog.ForumCollections.Select(collection => collection.Nsid));
        Assert.Equal(["space.atbb.membership", "space.atbb.post"], CollectionCatalog.UserCollections.Select(collection => collection.Nsid));
        Assert.All(CollectionCatalog.ForumCollections, collection => Assert.Equal(CollectionOwner.Forum, collection.Owner));
        Assert.All(CollectionCatalog.UserCollections, collection => Assert.Equal(CollectionOwner.User, collection.Owner));
    }

    [Fact]
    public void Get_UnknownCollection_Throws() => Assert.Throws<ArgumentException>(() => CollectionCatalog.Get("app.bsky.feed.post"));
}
