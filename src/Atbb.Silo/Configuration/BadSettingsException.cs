namespace Atbb.Silo.Configuration;

/// <summary>The service does not start with these settings.</summary>
sealed class BadSettingsException(IReadOnlyList<string> faults)
    : Exception($"The configuration has {faults.Count} fault{(faults.Count == 1 ? "" : "s")}:\n{string.Join('\n', faults.Select(f => $"  - {f}"))}")
{
    /// <summary>Each fault, beginning with its key.</summary>
    public IReadOnlyList<string> Faults => faults;
}
