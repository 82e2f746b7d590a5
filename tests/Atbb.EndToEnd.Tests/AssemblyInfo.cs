using Xunit.Sdk;
using Xunit.v3;

// Every test runs processes with silos in them, and waits most of the time for what becomes of them. More than two at once on a small machine would wait for one
// another.
[assembly: Parallelization(Mode = ParallelMode.Collections, MaxThreads = 2)]
