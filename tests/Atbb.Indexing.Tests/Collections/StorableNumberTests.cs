using System.Globalization;
using System.Text;
using Atbb.Indexing.Collections;
using Atbb.Indexing.Databases;
using Npgsql;
using Xunit;

namespace Atbb.Indexing.Tests.Collections;

public sealed class StorableNumberTests : IndexTests
{
    /// <summary>A number, as what stands before a row of zeros, how many there are, and what stands after them; and whether PostgreSQL takes it.</summary>
    public static TheoryData<string, int, string, bool> Numbers => new()
    {
        { "0", 0, "", true },
        { "-0", 0, "", true },
        { "-0.0", 0, "", true },
        { "12345678901234567890", 0, "", true },
        { "1E+400", 0, "", true },
        { "1e-300", 0, "", true },
        { "-1.5e3", 0, "", true },

        // Before the point.
        { "1e131071", 0, "", true },
        { "1e131072", 0, "", false },
        { "9.99E+131071", 0, "", true },
        { "9.99E+131072", 0, "", false },
        { "12e131070", 0, "", true },
        { "12e131071", 0, "", false },
        { "1", 131_071, "", true },
        { "1", 131_072, "", false },
        { "-1", 131_072, ".5", false },
        { "1", 131_072, "e-1", true },
        { "1", 140_000, "e-8929", true },
        { "1", 140_000, "e-8928", false },
        { "1e999999", 0, "", false },
        { "-1e999999", 0, "", false },

        // Zeros before the first digit are none, wherever the point is.
        { "0.1e131072", 0, "", true },
        { "0.1e131073", 0, "", false },
        { "0.001e131074", 0, "", true },
        { "-0.001e131075", 0, "", false },
        { "0.", 200_000, "1e331072", true },
        { "0.", 200_000, "1e331073", false },

        // After the point, where zeros count.
        { "1e-16383", 0, "", true },
        { "1e-16384", 0, "", false },
        { "1.5e-16382", 0, "", true },
        { "1.5e-16383", 0, "", false },
        { "1.5e-99999", 0, "", false },
        { "10e-16384", 0, "", false },
        { "0.", 16_382, "1", true },
        { "0.", 16_383, "1", false },
        { "1.", 16_383, "", true },
        { "1.", 16_384, "", false },
        { "1.", 16_384, "e1", true },

        // Nothing but zeros.
        { "0e999999", 0, "", true },
        { "-0.000E+999999", 0, "", true },
        { "0e-16383", 0, "", true },
        { "0e-16384", 0, "", false },
        { "0e-99999", 0, "", false },
        { "0e1073741822", 0, "", true },
        { "0e1073741824", 0, "", false },

        // Exponents of many digits.
        { "1e", 500, "5", true },
        { "1e+", 500, "131071", true },
        { "1E-", 500, "16383", true },
        { "1e", 500, "131072", false },
        { "1e1", 9, "", false },
        { "1e2147483648", 0, "", false },
        { "1e-4294967296", 0, "", false },
        { "1e18446744073709551616", 0, "", false },
        { "1e9", 500, "", false },
        { "-0e9", 500, "", false },
        { "1e-9", 500, "", false },
    };

    // The very last exponent of a number that is zero: releases from 16 on take it, so it counts as taken.
    [Theory, MemberData(nameof(Numbers))]
    [InlineData("0e1073741823", 0, "", true)]
    public void IsStorable_Number_IsWhatItsDigitsSay(string before, int zeros, string after, bool expected) =>
        Assert.Equal(expected, IsStorable(Number(before, zeros, after)));

    /// <summary>In one direction it must be so, or a record is lost; in the other it is cheaper.</summary>
    [Fact]
    public async Task IsStorable_NumbersAtEachLimit_IsWhatPostgresSays()
    {
        var database = await OpenAsync(DatabaseKind.PostgreSql);
        await database.ExecuteAsync("""
            create function holds(number text) returns boolean language plpgsql as $$
            begin
                perform number::jsonb;
                return true;
            exception when numeric_value_out_of_range then
                return false;
            end $$
            """);
        string[] numbers = [.. Numbers.Select(row => Number(row.Data.Item1, row.Data.Item2, row.Data.Item3)), .. AroundTheLimits()];

        var held = await HoldsAsync(database.Index.Index, numbers);

        Assert.Equal([], numbers.Zip(held).Where(pair => IsStorable(pair.First) != pair.Second));
        Assert.Contains(true, held);
        Assert.Contains(false, held);
    }

    // Mantissas with digits and zeros on either side of the point, each with every exponent near enough to a limit to be moved across it.
    static IEnumerable<string> AroundTheLimits() =>
        from mantissa in (string[])["0", "0.0", "-0.00", "1", "-9", "10", "9999", "10000", "12345678901234567890", "0.1", "0.0001", "0.00001", "0.0100", "-1.0", "99.9900", "100000.000001"]
        from exponent in (int[])[.. Enumerable.Range(131_048, 32), .. Enumerable.Range(-16_392, 24), -131_072, -32_768, 16_383, 32_767, 999_999]
        select string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{exponent}");

    static async Task<List<bool>> HoldsAsync(System.Data.Common.DbDataSource database, string[] numbers)
    {
        await using var connection = await database.OpenConnectionAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = "select holds(number) from unnest($1) with ordinality as numbers (number, place) order by place";
        command.Parameters.Add(new NpgsqlParameter { Value = numbers });
        await using var reader = await command.ExecuteReaderAsync(Token);
        var held = new List<bool>();
        while (await reader.ReadAsync(Token))
            held.Add(reader.GetBoolean(0));
        return held;
    }

    [Theory]
    [InlineData("""{"text":"x","n":1,"e":1e300,"list":[0.5,-0]}""", null)]
    [InlineData("""{"text":"1e999999","1e999999":true}""", null)]
    [InlineData("""{"n":1,"e":1e999999,"f":2e999999}""", "1e999999")]
    [InlineData("""{"a":{"b":[0,[-1.5E-99999]]}}""", "-1.5E-99999")]
    // Of a name that is there twice the last value counts, and both are read.
    [InlineData("""{"e":1e999999,"e":1}""", "1e999999")]
    public void FindUnstorable_Json_IsTheFirstOfItsNumbers(string json, string? expected) => Assert.Equal(expected, Find(json));

    [Fact]
    public void FindUnstorable_DeepInARecord_IsFound() =>
        Assert.Equal("1e999999", Find($$"""{"deep":{{new string('[', 200)}}1e999999{{new string(']', 200)}}}"""));

    [Fact]
    public void FindUnstorable_LongNumber_IsCut() => Assert.Equal($"1{new string('0', 63)}…", Find($$"""{"e":{{Number("1", 131_072, "")}}}"""));

    static string Number(string before, int zeros, string after) => before + new string('0', zeros) + after;

    static bool IsStorable(string number) => StorableNumber.IsStorable(Encoding.ASCII.GetBytes(number));

    static string? Find(string json) => StorableNumber.FindUnstorable(Encoding.UTF8.GetBytes(json));
}
