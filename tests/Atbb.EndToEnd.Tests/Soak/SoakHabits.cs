using Atbb.Sample;

namespace Atbb.EndToEnd.Tests.Soak;

/// <summary>How a PDS of a soak lists records, in what the protocol leaves open.</summary>
/// <param name="Order">What it makes of <c>reverse</c>.</param>
/// <param name="Cursors">Which pages have a cursor.</param>
/// <param name="Kind">What its cursors are.</param>
/// <param name="EndsEmpty">Whether the last page has an empty cursor in place of none.</param>
/// <param name="PageSize">The most records of a page.</param>
sealed record SoakHabits(OrderStyle Order, CursorStyle Cursors, CursorKind Kind, bool EndsEmpty, int PageSize)
{
    /// <summary>Habits for so many PDSes. Each order, style and kind is somebody's, as far as there are PDSes enough.</summary>
    public static IEnumerable<SoakHabits> Draw(Random random, int count) =>
        Deal<OrderStyle>(random, count)
            .Zip(Deal<CursorStyle>(random, count), Deal<CursorKind>(random, count))
            .Select(dealt => new SoakHabits(dealt.First, dealt.Second, dealt.Third, random.Next(2) == 0, random.Next(2) == 0 ? 100 : random.Next(3, 30)))
            .ToArray();

    /// <summary>Has a PDS list as this says.</summary>
    public void Teach(SamplePds pds)
    {
        (pds.Order, pds.Cursors, pds.EmptyCursors, pds.PageSize) = (Order, Cursors, EndsEmpty, PageSize);
        (pds.OpaqueCursors, pds.PositionalCursors) = (Kind is CursorKind.Opaque, Kind is CursorKind.Position);
    }

    public override string ToString() => $"{Order}, cursors {Kind}, {Cursors}{(EndsEmpty ? ", empty at the end" : "")}, {PageSize} a page";

    static T[] Deal<T>(Random random, int count)
        where T : struct, Enum
    {
        var values = Enum.GetValues<T>();
        var dealt = Enumerable.Range(0, count).Select(i => values[i % values.Length]).ToArray();
        random.Shuffle(dealt);
        return dealt;
    }
}
