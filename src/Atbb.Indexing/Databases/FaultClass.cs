namespace Atbb.Indexing.Databases;

/// <summary>What a database's error says about what to do next.</summary>
enum FaultClass
{
    /// <summary>Not the database's doing, or nothing that waiting mends: a bug.</summary>
    Bug,

    /// <summary>The data was refused; another row might not be.</summary>
    Refused,

    /// <summary>Another transaction was in the way: the same again will do.</summary>
    Conflict,

    /// <summary>The database cannot work at the moment.</summary>
    Unavailable,
}
