using Atbb.AtProto.Repo;
using Atbb.Indexing.Batches;
using Atbb.Indexing.Repos;

namespace Atbb.Grains.Repos;

/// <summary>What a page says about its collection: where the reading stands after it, and which keys it speaks for.</summary>
/// <param name="After">The collection's state once the page is in the index.</param>
/// <param name="Range">The keys that the page is whole for; null when it cannot be trusted, and then nothing is removed for it.</param>
/// <param name="Problem">Why the page must not be followed: the PDS leads in circles. Null when it may.</param>
sealed record PageReading(CollectionState After, KeyRange? Range, string? Problem)
{
    /// <summary>
    /// Whether the collection's order is lost with this page, though each of its records has a key. One without a key has an error of its own,
    /// and says as much.
    /// </summary>
    public bool LosesOrder { get; private init; }

    /// <summary>Reads a page.</summary>
    /// <param name="before">Where the reading stood.</param>
    /// <param name="records">The page's records.</param>
    /// <param name="cursor">The page's cursor; null: it is the last one.</param>
    public static PageReading Read(CollectionState before, IReadOnlyList<ListedRecord> records, string? cursor)
    {
        if (cursor is not null && cursor == before.Cursor)
            return new(before, null, $"the PDS gave the cursor '{cursor}' twice");
        if (cursor is not null && records.Count == 0)
            return new(before, null, $"the PDS gave a page without records and yet a cursor, '{cursor}'");

        var order = OrderOf(before, records);
        var last = records.Count > 0 ? records[^1].Rkey : before.LastRkey;
        if (before.LastRkey is not null && records.Count > 0 && last == before.LastRkey)
            return new(before, null, $"the PDS gave the record '{last}' on two pages");

        var after = before with { Cursor = cursor, LastRkey = last, Order = order, IsComplete = cursor is null };
        return new(after, RangeOf(before, order, last, isLast: cursor is null), null)
        {
            LosesOrder = order is ListingOrder.Unordered && before.Order is not ListingOrder.Unordered && records.All(record => record.Rkey.Length > 0),
        };
    }

    /// <summary>
    /// Whether the page was reached by a cursor that is something else than the last record's key, as far as that can be seen. It may be a position: a record
    /// deleted before it then moves the page on by one, and between it and the page before lies one that is in neither and is not gone.
    /// </summary>
    public static bool MayHaveSkipped(CollectionState before) => before.Cursor is not null && before.Cursor != before.LastRkey;

    /// <summary>The same, speaking for nothing between the page before and its own first record.</summary>
    /// <param name="records">The page's records.</param>
    public PageReading WithoutTheGap(IReadOnlyList<ListedRecord> records) => (Range, After.Order) switch
    {
        (null, _) => this,
        (_, _) when records.Count == 0 => this with { Range = null },
        ({ } range, ListingOrder.Ascending) => this with { Range = range with { Lower = records[0].Rkey, LowerInclusive = true } },
        ({ } range, ListingOrder.Descending) => this with { Range = range with { Upper = records[0].Rkey, UpperInclusive = true } },
        _ => this with { Range = null },
    };

    /// <summary>
    /// The order of all records so far. One record out of order and the rest of the pass speaks for no range at all: a PDS that lists in
    /// no order, or a page changed on its way, must not remove a row.
    /// </summary>
    static ListingOrder OrderOf(CollectionState before, IReadOnlyList<ListedRecord> records)
    {
        var order = before.Order;
        var previous = before.LastRkey;
        foreach (var record in records)
        {
            if (record.Rkey.Length == 0)
                return ListingOrder.Unordered;

            if (previous is not null)
            {
                var step = string.CompareOrdinal(previous, record.Rkey) switch
                {
                    < 0 => ListingOrder.Ascending,
                    > 0 => ListingOrder.Descending,
                    0 => ListingOrder.Unordered,
                };
                order = order is ListingOrder.Unknown || order == step ? step : ListingOrder.Unordered;
            }

            if (order is ListingOrder.Unordered)
                return order;
            previous = record.Rkey;
        }

        return order;
    }

    static KeyRange? RangeOf(CollectionState before, ListingOrder order, string? last, bool isLast)
    {
        // While a single record was all there was, its page spoke for that key alone: on which side of it the rest lies was not known.
        // The page that shows the order (or that there is no other) makes up for it, and spares that key, which it does not repeat.
        var begin = before.Order is ListingOrder.Unknown ? null : before.LastRkey;
        var spared = before.Order is ListingOrder.Unknown ? before.LastRkey : null;

        return order switch
        {
            ListingOrder.Unordered => null,
            ListingOrder.Unknown when isLast => new(null, false, null, false) { Spared = spared },
            ListingOrder.Unknown => new(last, true, last, true),
            ListingOrder.Ascending => new(begin, false, isLast ? null : last, true) { Spared = spared },
            ListingOrder.Descending => new(isLast ? null : last, true, begin, false) { Spared = spared },
            _ => throw new InvalidOperationException($"There is no listing order {order}."),
        };
    }
}
