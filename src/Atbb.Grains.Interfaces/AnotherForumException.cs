namespace Atbb.Grains.Interfaces;

/// <summary>The service is for another forum than the one it was asked for; the message names both. Nothing was done.</summary>
[GenerateSerializer, Alias("atbb.AnotherForumException")]
public sealed class AnotherForumException(string message) : Exception(message);
