using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Atbb.Silo.Admin;

/// <summary>Which page of a list was asked for.</summary>
/// <param name="Limit">How many entries at most.</param>
/// <param name="Cursor">Where it begins, as the page before has said; null: at the beginning.</param>
readonly record struct PageAsked(int Limit, long? Cursor)
{
    /// <summary>The most entries of a page.</summary>
    public const int Largest = 1000;

    /// <summary>Where the next page begins; null: there is none. A page that is full may be the last one all the same, so what comes after it is asked for.</summary>
    /// <param name="entries">This page.</param>
    /// <param name="cursorOf">An entry as a cursor.</param>
    /// <param name="listAfter">Lists one entry behind a cursor.</param>
    public async Task<long?> NextAsync<T>(IReadOnlyList<T> entries, Func<T, long> cursorOf, Func<long, Task<IReadOnlyList<T>>> listAfter)
    {
        if (entries.Count < Limit)
            return null;
        var last = cursorOf(entries[^1]);
        return (await listAfter(last)).Count > 0 ? last : null;
    }

    /// <summary>Reads it from a query. Read here and not by the framework, whose refusal would not say what is wrong.</summary>
    /// <param name="limit">The query's limit.</param>
    /// <param name="cursor">The query's cursor.</param>
    /// <param name="cursorName">What the query calls its cursor.</param>
    /// <param name="usual">The limit where the query has none.</param>
    /// <param name="page">The page.</param>
    /// <param name="problem">What is wrong.</param>
    public static bool TryRead(
        string? limit, string? cursor, string cursorName, int usual, out PageAsked page, [NotNullWhen(false)] out IResult? problem)
    {
        var entries = usual;
        var begin = 0L;
        problem = null;
        page = default;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out entries) || entries is < 1 or > Largest))
            problem = Problems.BadPaging($"limit is a whole number from 1 to {Largest}, not '{limit}'.");
        else if (cursor is not null && !long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out begin))
            problem = Problems.BadPaging($"{cursorName} is the 'next' of the page before, not '{cursor}'. Leave it out for the first page.");
        else
            page = new(entries, cursor is null ? null : begin);
        return problem is null;
    }
}
