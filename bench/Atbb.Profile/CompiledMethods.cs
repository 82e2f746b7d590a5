using System.Diagnostics.Tracing;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Atbb.Profile;

/// <summary>The methods that the runtime has compiled in this process since it was made.</summary>
/// <remarks>Source of the event: https://learn.microsoft.com/dotnet/fundamentals/diagnostics/runtime-method-events</remarks>
sealed class CompiledMethods : EventListener
{
    const EventKeywords Jit = (EventKeywords)0x10;
    const uint Dynamic = 0x1;
    const uint Jitted = 0x8;

    // Events are handed out by a thread of the runtime's, some time after what they tell of. Once this method's has come, those before it have.
    static readonly RuntimeMethodHandle Last = new Action(BeTheLast).Method.MethodHandle;
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    readonly Lock gate = new();
    readonly HashSet<nint> ids = [];
    readonly ManualResetEventSlim complete = new();

    // Called by the constructor of the base class too, for sources that are there already.
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "Microsoft-Windows-DotNETRuntime")
            EnableEvents(eventSource, EventLevel.Verbose, Jit);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData is not { EventName: { } name, Payload: [var id, _, _, _, _, var flags, ..] } || !name.StartsWith("MethodLoadVerbose", StringComparison.Ordinal))
            return;
        if ((Convert.ToUInt32(flags, CultureInfo.InvariantCulture) & (Dynamic | Jitted)) != Jitted)
            return;

        var compiled = (nint)Convert.ToUInt64(id, CultureInfo.InvariantCulture);
        lock (gate)
            ids.Add(compiled);
        if (compiled == Last.Value)
            complete.Set();
    }

    /// <summary>All of them, generic ones with what they were made for, in an order that does not change from one process to another.</summary>
    /// <exception cref="TimeoutException">The runtime does not tell of what it compiles.</exception>
    public IReadOnlyList<MethodBase> All()
    {
        RuntimeHelpers.PrepareMethod(Last);
        if (!complete.Wait(Patience))
            throw new TimeoutException("The runtime does not tell of the methods that it compiles.");
        lock (gate)
            return [.. ids.Select(RuntimeMethod.OfId).OrderBy(method => $"{method.DeclaringType}::{method}", StringComparer.Ordinal)];
    }

    public override void Dispose()
    {
        base.Dispose();
        complete.Dispose();
    }

    static void BeTheLast()
    {
    }
}
