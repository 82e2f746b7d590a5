using Atbb.Indexing.Databases;
using Npgsql;
using Xunit;

namespace Atbb.Indexing.Tests.Databases;

public sealed class DatabaseTargetTests
{
    [Theory]
    [InlineData("postgres://u:p@db.example/forum", "db.example", 5432, "forum", "u", "p")]
    [InlineData("postgresql://u:p%40%3A%2F%23w@db.example:6000/my%20forum", "db.example", 6000, "my forum", "u", "p@:/#w")]
    [InlineData("POSTGRESQL://u@[::1]:5433/forum", "::1", 5433, "forum", "u", null)]
    [InlineData("postgresql://db.example/forum?user=u&password=p%26q", "db.example", 5432, "forum", "u", "p&q")]
    [InlineData("Host=db.example;Port=6000;Database=forum;Username=u;Password=p=;", "db.example", 6000, "forum", "u", "p=")]
    [InlineData("Server=db.example;Database=forum;User Id=u", "db.example", 5432, "forum", "u", null)]
    public void Parse_PostgreSql_ReadsEveryPart(string text, string host, int port, string database, string user, string? password)
    {
        var target = DatabaseTarget.Parse(text);

        var settings = new NpgsqlConnectionStringBuilder(target.ConnectionString);
        Assert.Equal(DatabaseKind.PostgreSql, target.Kind);
        Assert.Equal((host, port, database, user, password), (settings.Host, settings.Port, settings.Database, settings.Username, settings.Password));
        Assert.Equal($"{host}:{port}/{database}", target.ToString());
    }

    [Theory]
    [InlineData("sslmode=verify-full", SslMode.VerifyFull)]
    [InlineData("sslmode=require", SslMode.Require)]
    [InlineData("sslmode=disable&application_name=x&connect_timeout=3&Maximum%20Pool%20Size=7", SslMode.Disable)]
    public void Parse_UrlParameters_BecomeKeywords(string query, SslMode mode) =>
        Assert.Equal(mode, new NpgsqlConnectionStringBuilder(DatabaseTarget.Parse("postgresql://h/d?" + query).ConnectionString).SslMode);

    [Theory]
    [InlineData("postgresql://h/d", GssEncryptionMode.Disable)]
    [InlineData("Host=h;Database=d", GssEncryptionMode.Disable)]
    [InlineData("postgresql://h/d?gssencmode=prefer", GssEncryptionMode.Prefer)]
    [InlineData("Host=h;Database=d;GSS Encryption Mode=Require", GssEncryptionMode.Require)]
    [InlineData("Host=h;Database=d;GssEncryptionMode=Prefer", GssEncryptionMode.Prefer)]
    public void Parse_GssEncryption_IsOffUnlessItIsAskedFor(string text, GssEncryptionMode mode) =>
        Assert.Equal(mode, new NpgsqlConnectionStringBuilder(DatabaseTarget.Parse(text).ConnectionString).GssEncryptionMode);

    [Theory]
    [InlineData("forum.db")]
    [InlineData("./data/forum=1.db")]
    [InlineData("/var/lib/atbb/forum.sqlite")]
    public void Parse_Path_IsASqliteFile(string path)
    {
        var target = DatabaseTarget.Parse(path);

        Assert.Equal(DatabaseKind.Sqlite, target.Kind);
        Assert.Equal(Path.GetFullPath(path), target.Description);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("mysql://h/d")]
    [InlineData("postgresql://u:secret@h")]
    [InlineData("postgresql://u:secret@/d")]
    [InlineData("postgresql://u:sec/ret@h:notaport/d")]
    [InlineData("postgresql://u:secret@h/d?sslmode=perhaps")]
    [InlineData("postgresql://u:secret@h/d?nonsense=1")]
    [InlineData("Host=h;Username=u;Password=secret")]
    [InlineData("Host=h;Database=d;Password=secret;Port=secret")]
    [InlineData("Host=h;Database=d;Nonsense=1;Password=secret")]
    [InlineData("Host=h;Database=d;Port=99999;Password=secret")]
    [InlineData("Host=h;Database=d;Minimum Pool Size=9;Maximum Pool Size=1;Password=secret")]
    [InlineData(":memory:")]
    [InlineData("/tmp/")]
    public void Parse_BadValue_SaysSoWithoutThePassword(string text)
    {
        var error = Assert.Throws<FormatException>(() => DatabaseTarget.Parse(text));

        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("sec/ret", error.Message, StringComparison.Ordinal);
    }
}
