using Atbb.AtProto.Syntax;

namespace Atbb.Grains.Repos;

/// <summary>What a host's listing has said of a repository.</summary>
/// <param name="Rev">Its rev at some time in the run.</param>
/// <param name="IsSettled">Whether the phase is done with it by that: its row has been written since its grain has read it.</param>
readonly record struct ListedRev(Tid Rev, bool IsSettled);
