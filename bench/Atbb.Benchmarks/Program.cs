using Atbb.Benchmarks;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Running;

var config = ManualConfig.Create(DefaultConfig.Instance)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddColumn(StatisticColumn.OperationsPerSecond);

// In this process: the toolchain that makes a project for each benchmark would make it under this folder's rules for builds. As an argument, and not as a
// job of the configuration: beside one of those, --job is not heeded.
var summaries = BenchmarkSwitcher.FromAssembly(typeof(SamplePage).Assembly).Run([.. args, "--inProcess"], config);

// One that could not be set up, since its baseline does something else, has no figures: without this it would only be missing from the table.
return summaries.All(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
