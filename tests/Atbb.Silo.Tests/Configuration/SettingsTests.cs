using Atbb.AtProto.Syntax;
using Atbb.Indexing.Databases;
using Atbb.Silo.Configuration;
using Microsoft.Extensions.Configuration;

namespace Atbb.Silo.Tests.Configuration;

public class SettingsTests
{
    const string ForumDid = "did:plc:aaaaaaaaaaaaaaaaaaaaaaaa";

    static AtbbSettings Load(params (string Key, string? Value)[] settings) => SettingsLoader.Load(new ConfigurationBuilder()
        .AddInMemoryCollection([new("Atbb:Forum:Did", ForumDid)])
        .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key, setting.Value)))
        .Build());

    static IReadOnlyList<string> FaultsOf(params (string Key, string? Value)[] settings) =>
        Assert.Throws<BadSettingsException>(() => Load(settings)).Faults;

    [Fact]
    public void Load_WithAForumAlone_HasTheDefaults()
    {
        var settings = Load();

        Assert.Equal("https://plc.directory/", settings.PlcDirectory.ToString());
        Assert.Equal((10, 36, 256), (settings.Politeness.RequestsPerSecond, settings.Backfill.CursorMaxAgeHours, settings.Backfill.Concurrency));
        Assert.EndsWith(Path.Combine("data", "atbb.db"), DatabaseTarget.Parse(SettingsCheck.DatabaseOf(settings)).Description, StringComparison.Ordinal);
        Assert.Empty(SettingsCheck.FindWarnings(settings));
    }

    [Fact]
    public void Load_Everything_IsBound()
    {
        var settings = Load(
            ("Atbb:Backfill:Concurrency", "20"), ("Atbb:backfill:onstartup", "false"), ("Atbb:Backfill:RetryMaxDelay", "00:01:30"),
            ("Atbb:Politeness:RequestsPerSecond", "2.5"), ("Atbb:Forum:Pds", "https://pds.example.com"),
            ("Atbb:Forum:Dids:0", "did:web:a.example"), ("Atbb:Forum:Dids:1", "did:web:b.example"),
            ("Atbb:Network:AllowPrivateAddresses", "true"), ("Atbb:Admin:Url", "http://[::1]:6000"));

        Assert.Equal((20, false, TimeSpan.FromSeconds(90)), (settings.Backfill.Concurrency, settings.Backfill.OnStartup, settings.Backfill.RetryMaxDelay));
        Assert.Equal((2.5, "pds.example.com", true), (settings.Politeness.RequestsPerSecond, settings.Forum.Pds!.Host, settings.Network.AllowPrivateAddresses));
        Assert.Equal(["did:web:a.example", "did:web:b.example"], settings.Forum.Dids);
    }

    [Fact]
    public void Load_AListInOneText_IsSplit() =>
        Assert.Equal(["did:web:a.example", "did:web:b.example"], Load(("Atbb:Forum:Dids", "did:web:a.example, did:web:b.example")).Forum.Dids);

    [Fact]
    public void Load_RelaysAndCollections_AreBoundOverTheDefaults()
    {
        var settings = Load(("Atbb:Discovery:Relays", "https://relay1.us-east.bsky.network,https://relay.example"), ("Atbb:Discovery:Collections:0", "space.atbb.post"));

        Assert.Equal(["https://relay1.us-east.bsky.network", "https://relay.example"], settings.Discovery.Relays);
        Assert.Equal("space.atbb.post", Assert.Single(settings.Discovery.Collections));
        Assert.Equal((0, 2), (Load().Discovery.Relays.Count, Load().Discovery.Collections.Count));
    }

    [Fact]
    public void Load_UnderAtbbsNames_IsTheSame()
    {
        var environment = new Dictionary<string, string?>
        {
            ["DATABASE_URL"] = "postgresql://u:p@db.example/forum",
            ["FORUM_DID"] = ForumDid,
            ["PDS_URL"] = "https://pds.example.com",
            ["BACKFILL_RATE_LIMIT"] = "0",
            ["BACKFILL_CONCURRENCY"] = "3",
            ["BACKFILL_CURSOR_MAX_AGE_HOURS"] = "48",
        };

        var settings = Load([.. AtbbNames.Read(environment.GetValueOrDefault).Select(pair => (pair.Key, pair.Value))]);

        Assert.Equal("db.example:5432/forum", DatabaseTarget.Parse(SettingsCheck.DatabaseOf(settings)).Description);
        Assert.Equal((ForumDid, "pds.example.com"), (settings.Forum.Did, settings.Forum.Pds!.Host));
        Assert.Equal((0, 3, 48), (settings.Politeness.RequestsPerSecond, settings.Backfill.Concurrency, settings.Backfill.CursorMaxAgeHours));
    }

    [Fact]
    public void Load_AConnectionString_IsTheDatabaseUnlessOneIsNamed()
    {
        const string Connection = "Host=db.example;Database=forum";

        Assert.Equal(Connection, Load(("ConnectionStrings:Atbb", Connection)).Database);
        Assert.Equal("here.db", Load(("ConnectionStrings:Atbb", Connection), ("Atbb:Database", "here.db")).Database);
    }

    [Fact]
    public void Load_AForumsDidOfTheGreatestLength_IsTaken()
    {
        var did = "did:plc:".PadRight(Did.MaxLength, 'a');

        Assert.Equal(did, Load(("Atbb:Forum:Did", did)).Forum.Did);
        Assert.Contains("not a DID", Assert.Single(FaultsOf(("Atbb:Forum:Did", did + "a"))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Atbb:Forum:Did", "alice.example", "not a DID")]
    [InlineData("Atbb:Forum:Did", "", "is missing")]
    [InlineData("Atbb:Forum:Pds", "pds.example.com", "URL")]
    [InlineData("Atbb:Forum:Pds", "http://pds.example.com", "https")]
    [InlineData("Atbb:Forum:Pds", "https://pds.example.com/xrpc", "origin")]
    [InlineData("Atbb:Forum:Dids", "did:web:a.example,bob", "'bob'")]
    [InlineData("Atbb:Database", "mysql://db.example/forum", "mysql")]
    [InlineData("Atbb:Backfill:Concurrency", "0", "between 1 and")]
    [InlineData("Atbb:Backfill:Concurrency", "many", "whole number")]
    [InlineData("Atbb:Backfill:CursorMaxAgeHours", "-1", "above 0")]
    [InlineData("Atbb:Backfill:CursorMaxAgeHours", "NaN", "above 0")]
    [InlineData("Atbb:Backfill:SliceDuration", "5s", "a time")]
    [InlineData("Atbb:Backfill:SliceDuration", "00:00:00", "above 0")]
    [InlineData("Atbb:Backfill:MaxRepoTime", "00:00:00", "above 0")]
    [InlineData("Atbb:Network:TotalTimeout", "00:02:31", "more than 00:02:30")]
    [InlineData("Atbb:Backfill:MaxAttempts", "0", "less than 1")]
    [InlineData("Atbb:Backfill:MaxRecordsPerCollection", "0", "less than 1")]
    [InlineData("Atbb:Backfill:Concurency", "5", "no such setting")]
    [InlineData("Atbb:Nonsense", "5", "no such setting")]
    [InlineData("Atbb:Backfill", "20", "only settings below")]
    [InlineData("Atbb:Politeness:RequestsPerSecond", "-1", "RequestsPerSecond")]
    [InlineData("Atbb:PlcDirectory", "http://plc.example", "https")]
    [InlineData("Atbb:Network:AllowPrivateAddresses", "maybe", "true or false")]
    [InlineData("Atbb:Indexing:PostgreSqlLanes", "0", "less than 1")]
    [InlineData("Atbb:Indexing:BatchesBesideOthers", "0", "less than 1")]
    [InlineData("Atbb:Discovery:Relays", "relay.example", "'relay.example' is not an origin")]
    [InlineData("Atbb:Discovery:Relays", "https://relay.example/xrpc", "origin")]
    [InlineData("Atbb:Discovery:Relays", "http://relay.example", "https")]
    [InlineData("Atbb:Discovery:Collections", "space.atbb.post,posts", "'posts'")]
    [InlineData("Atbb:Discovery:PageSize", "2001", "between 1 and")]
    [InlineData("Atbb:Discovery:MaxDelay", "-00:00:01", "between 0 and")]
    [InlineData("Atbb:Discovery:MaxRounds", "-1", "between 0 and")]
    [InlineData("Atbb:Admin:Url", "http://0.0.0.0:5080", "loopback")]
    [InlineData("Atbb:Admin:Url", "http://forum.example:5080", "loopback")]
    [InlineData("Atbb:Admin:Url", "http://loopback:5080", "loopback")]
    [InlineData("Atbb:Admin:Url", "5080", "address to listen on")]
    [InlineData("Atbb:Admin:TrustForwardedHeaders", "true", "everybody behind the proxy")]
    [InlineData("Atbb:Admin:Token", "short", "16 characters")]
    [InlineData("Atbb:Cluster:Address", "silo 1", "IP address")]
    [InlineData("Atbb:Cluster:SiloPort", "70000", "not a port")]
    [InlineData("Atbb:Cluster:DetectionTime", "00:00:01", "not between 4 s and 10 min")]
    public void Load_AWrongValue_IsNamedWithItsKey(string key, string value, string reason)
    {
        var fault = Assert.Single(FaultsOf((key, value)));

        Assert.StartsWith(key, fault, StringComparison.Ordinal);
        Assert.Contains(reason, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ManyWrongValues_AreAllNamedAtOnce()
    {
        var faults = FaultsOf(
            ("Atbb:Forum:Did", "alice"), ("Atbb:Database", "mysql://x"), ("Atbb:Backfill:Concurrency", "many"), ("Atbb:Typo", "1"),
            ("Atbb:Network:RequestTimeout", "00:00:00"), ("Atbb:Admin:Url", "http://0.0.0.0:1"));

        Assert.Equal(6, faults.Count(fault => fault.StartsWith("Atbb:", StringComparison.Ordinal)));
        Assert.Equal(
            ["Atbb:Backfill:Concurrency", "Atbb:Typo", "Atbb:Forum:Did", "Atbb:Database", "Atbb:Network:RequestTimeout", "Atbb:Admin:Url"],
            faults.Select(fault => fault.Split([": ", " ("], 2, StringSplitOptions.None)[0]).Distinct());
    }

    [Fact]
    public void Load_AFaultInATextWithAPassword_DoesNotRepeatIt()
    {
        var fault = Assert.Single(FaultsOf(("Atbb:Database", "postgresql://u:hunter2secret@/forum")));

        Assert.DoesNotContain("hunter2secret", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2secret", Assert.Single(FaultsOf(("Atbb:Admin", "hunter2secret"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_AVariableNamedAsTheProgram_IsNobodysFault() =>
        Assert.NotNull(Load(("Atbb", "/usr/local/bin/atbb")));

    [Theory]
    [InlineData("http://localhost:5080")]
    [InlineData("http://127.0.0.1:5080")]
    [InlineData("http://[::1]:5080")]
    public void Load_OnLoopbackWithoutAToken_IsAllowed(string url) =>
        Assert.Equal(url, Load(("Atbb:Admin:Url", url)).Admin.Url);

    [Fact]
    public void Load_OnAnyAddressWithAToken_IsAllowed() =>
        Assert.Equal("http://0.0.0.0:5080", Load(("Atbb:Admin:Url", "http://0.0.0.0:5080"), ("Atbb:Admin:Token", "0123456789abcdef")).Admin.Url);

    [Fact]
    public void FindWarnings_WhatIsForClosedNetworks_IsWarnedAbout()
    {
        var warnings = SettingsCheck.FindWarnings(Load(("Atbb:Network:AllowPrivateAddresses", "true"), ("Atbb:Politeness:RequestsPerSecond", "0"))).ToList();

        Assert.Equal(2, warnings.Count);
        Assert.Contains("AllowPrivateAddresses", warnings[0], StringComparison.Ordinal);
        Assert.Contains("BACKFILL_RATE_LIMIT", warnings[1], StringComparison.Ordinal);
    }
}
