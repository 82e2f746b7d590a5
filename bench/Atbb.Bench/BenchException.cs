namespace Atbb.Bench;

/// <summary>Why there is nothing to report, in words for whoever runs the benchmark.</summary>
sealed class BenchException(string message) : Exception(message);
