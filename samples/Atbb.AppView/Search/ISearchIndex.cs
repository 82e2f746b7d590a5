using System.Data.Common;

namespace Atbb.AppView.Search;

/// <summary>
/// The database's own full text over posts, in tables of the site's own: the service's tables get no index for it, so indexing costs what it did. Hence
/// it is behind by up to one round of <see cref="SearchUpkeep"/>.
/// </summary>
interface ISearchIndex
{
    /// <summary>SQL: the column <c>id</c> of the posts that match <c>@Query</c>.</summary>
    string Matches { get; }

    /// <summary>What people type as what the database takes; null when there is nothing in it to look for.</summary>
    string? Prepare(string typed);

    /// <summary>A connection on which both the matches and the service's tables can be read.</summary>
    ValueTask<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Makes its tables, if they are not there.</summary>
    Task CreateAsync(CancellationToken cancellationToken);

    /// <summary>The greatest id of a post, here or in the service's table.</summary>
    Task<long> LastAsync(CancellationToken cancellationToken);

    /// <summary>Takes in the posts with ids above one and up to another: new ones, changed ones, and those that are gone.</summary>
    /// <returns>How many rows that changed.</returns>
    Task<int> TakeInAsync(long above, long upTo, CancellationToken cancellationToken);
}
