namespace Atbb.AtProto.Politeness;

/// <summary>The hosts that this process asks.</summary>
public interface IHostStates
{
    /// <summary>Those that are asked, were within the last minute, or rest; the busiest first.</summary>
    /// <param name="most">At most so many.</param>
    IReadOnlyList<HostState> ListBusiest(int most);
}
