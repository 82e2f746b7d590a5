namespace Atbb.Grains.Interfaces;

/// <summary>The index's database did not answer, for a reason that may pass. What was asked for can be asked again.</summary>
[GenerateSerializer, Alias("atbb.IndexUnreachableException")]
public sealed class IndexUnreachableException(string message) : Exception(message);
