namespace Atbb.Indexing;

/// <summary>A newer release has changed the database's tables. This one would write them without knowing what they mean now, so it does not start.</summary>
public sealed class SchemaTooNewException(string message) : Exception(message);
