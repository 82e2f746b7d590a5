using Xunit;

// A silo looks for free ports before it binds them, and two that start at once would both take what they have seen.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
