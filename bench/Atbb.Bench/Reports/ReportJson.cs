using System.Text.Json;
using Atbb.Bench.Runs;

namespace Atbb.Bench.Reports;

/// <summary>Every run, for programs.</summary>
static class ReportJson
{
    static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static void Write(IReadOnlyList<Measurement> results) =>
        Console.Out.WriteLine(JsonSerializer.Serialize(new { processors = Environment.ProcessorCount, runs = results }, Options));
}
