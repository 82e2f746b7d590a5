using Xunit.Sdk;
using Xunit.v3;

// They share a browser and two services: side by side on a small machine they would only wait for one another.
[assembly: Parallelization(Mode = ParallelMode.None)]
[assembly: AssemblyFixture(typeof(Atbb.AppView.Tests.ServedForums))]
