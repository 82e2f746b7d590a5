using Xunit.Sdk;
using Xunit.v3;

// Every test runs processes with silos in them: two at once on a small machine would only wait for one another.
[assembly: Parallelization(Mode = ParallelMode.None)]
