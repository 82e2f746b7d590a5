using System.Globalization;

namespace Atbb.AppView.Forum;

/// <summary>A page of a list.</summary>
/// <param name="Items">What stands on it.</param>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Pages">How many there are, at least 1.</param>
public sealed record PageOf<T>(IReadOnlyList<T> Items, int Number, int Pages);

/// <summary>How lists are cut into pages.</summary>
static class PageOf
{
    public const int Size = 20;

    // Further back nobody pages, and a number made up by a stranger must not make the database skip billions of rows.
    const int Last = 10_000;

    /// <summary>The number that an address asks for. Whatever is none asks for the first page: who follows a broken link shall read something.</summary>
    public static int Number(string? asked) =>
        long.TryParse(asked, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? (int)Math.Clamp(number, 1, Last) : 1;

    /// <summary>How many pages so many items have.</summary>
    public static int Count(long items) => (int)Math.Clamp((items + Size - 1) / Size, 1, Last);

    /// <summary>How many items stand before a page.</summary>
    public static int Skip(int number) => (number - 1) * Size;
}
