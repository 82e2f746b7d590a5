using System.Globalization;
using System.Text.Json;
using Atbb.AtProto.Xrpc;
using Spectre.Console;

namespace Atbb.Silo.Remote;

/// <summary>Values as a person reads them.</summary>
static class Words
{
    /// <summary>A name of an enumeration as the admin HTTP and the tables have it.</summary>
    public static string Of<T>(T name) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(name.ToString());

    public static string Of(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);

    public static string Of(TimeSpan time) => time.ToString(time >= TimeSpan.FromDays(1) ? @"d\.hh\:mm\:ss" : @"h\:mm\:ss", CultureInfo.InvariantCulture);

    /// <summary>Bytes, in mebibytes.</summary>
    public static string OfBytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0 / 1024.0:N1} MiB");

    /// <summary>What strangers may have written, as text and never as markup.</summary>
    public static Text Shown(string text) => new(ForeignText.Shown(text));

    /// <summary>Two columns: what, and how it stands; the second is broken at the screen's width, the first is not.</summary>
    public static Grid Facts(params ReadOnlySpan<(string Name, string? Value)> facts)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().Padding(2, 0, 2, 0)).AddColumn(new GridColumn().Padding(0, 0, 0, 0));
        foreach (var (name, value) in facts)
            if (!string.IsNullOrEmpty(value))
                grid.AddRow(new Text(name), Shown(value));
        return grid;
    }
}
