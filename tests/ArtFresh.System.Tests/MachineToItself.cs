using Xunit;

namespace ArtFresh.SystemTests;

/// <summary>Tests with limits on time that a busy machine would break: one class after the other, when all others are over.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class MachineToItself;
