using System.Text.Json;
using Atbb.Grains.Interfaces.Repos;
using Atbb.Grains.Interfaces.Runs;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Atbb.Grains.Tests.Upgrades;

/// <summary>
/// Silos of two releases in one cluster: what the first release sends, in its bytes, is understood by this one. The files are made by
/// <c>make.sh</c> beside them, once, and stay.
/// </summary>
public sealed class RollingUpgradeTests : IDisposable
{
    const string ContractFile = "messages.txt", BytesFile = "messages.json";

    static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", "FirstRelease");

    readonly ServiceProvider services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    Serializer Serializer => services.GetRequiredService<Serializer>();

    public static TheoryData<string> Messages => [.. JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(Path.Combine(Folder, BytesFile)))!.Keys];

    [Theory, MemberData(nameof(Messages))]
    public void Message_OfTheFirstRelease_IsReadByThisOne(string name)
    {
        var bytes = JsonSerializer.Deserialize<Dictionary<string, byte[]>>(File.ReadAllText(Path.Combine(Folder, BytesFile)))![name];

        var read = Serializer.Deserialize<object>(bytes)!;

        Assert.Equal(MessageSamples.All[name].GetType(), read.GetType());
        Assert.Equal(Shown(MessageSamples.All[name]), Shown(read));
    }

    [Fact]
    public void Contract_OfTheFirstRelease_IsKept()
    {
        var gone = File.ReadAllLines(Path.Combine(Folder, ContractFile)).Except(MessageContract.Lines()).ToList();

        Assert.True(gone.Count == 0, $"A cluster of two releases needs these still (docs/operate.md, Upgrades):\n{string.Join('\n', gone)}");
    }

    [Fact]
    public void Contract_EveryMemberOfAnAliasedType_HasItsOwnNumber()
    {
        var lines = MessageContract.Lines();

        Assert.Equal(lines.Distinct(), lines);
        Assert.NotEmpty(lines);
    }

    [Fact]
    public void Message_WithFieldsOfALaterRelease_IsReadWithoutThem()
    {
        var sent = Serializer.SerializeToArray(new NewerStartRequest
        {
            Force = RunType.CatchUp,
            Dids = ["did:plc:alice"],
            Reason = "because",
            First = [new("did:plc:bob", null, "", 0, DateTimeOffset.UnixEpoch)],
        });

        var read = Serializer.Deserialize<StartRequest>(sent)!;

        Assert.Equal((RunType.CatchUp, "did:plc:alice"), (read.Force, Assert.Single(read.Dids)));
    }

    [Fact]
    public void Message_WithoutFieldsOfALaterRelease_HasTheirDefaults()
    {
        var sent = Serializer.SerializeToArray(new StartRequest { Force = RunType.CatchUp, Dids = ["did:plc:alice"] });

        var read = Serializer.Deserialize<NewerStartRequest>(sent)!;

        Assert.Equal((RunType.CatchUp, null), (read.Force, read.Reason));
    }

    [Fact(Explicit = true)]
    public void Make()
    {
        var folder = Environment.GetEnvironmentVariable("ATBB_FIXTURES") ?? throw new InvalidOperationException("ATBB_FIXTURES names no folder.");
        File.WriteAllText(Path.Combine(folder, ContractFile), string.Join('\n', MessageContract.Lines()) + "\n");
        var bytes = MessageSamples.All.ToDictionary(sample => sample.Key, sample => Serializer.SerializeToArray(sample.Value));
        File.WriteAllText(Path.Combine(folder, BytesFile), JsonSerializer.Serialize(bytes, Indented) + "\n");
    }

    public void Dispose() => services.Dispose();

    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    // Lists are equal when what is in them is.
    static string Shown(object message) => message is RepoSlice slice
        ? $"{slice.Outcome} {slice.Counts}"
        : JsonSerializer.Serialize(message, message.GetType(), Indented);
}
