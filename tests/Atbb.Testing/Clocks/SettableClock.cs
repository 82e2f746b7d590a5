using Microsoft.Extensions.Time.Testing;

namespace Atbb.Testing.Clocks;

/// <summary>A clock that can be set, as an administrator or a time server does: time goes on elsewhere, and no timer notices.</summary>
public sealed class SettableClock : FakeTimeProvider
{
    /// <summary>Somebody has begun to wait.</summary>
    public event Action? Waits;

    /// <summary>By how much it was set.</summary>
    public TimeSpan SetBy { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + SetBy;

    public override long GetTimestamp() => base.GetUtcNow().Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        Waits?.Invoke();
        return timer;
    }
}
