namespace Atbb.AppView;

/// <summary>What the site is told: by the command line (<c>--forum</c>), or by the names that atBB has for it (<c>FORUM_DID</c>).</summary>
sealed record SiteOptions(string ForumDid, string Database, string Gateway, string ClusterId)
{
    public static SiteOptions Read(IConfiguration configuration) => new(
        configuration["Forum"] ?? configuration["FORUM_DID"] ?? "",
        configuration["Database"] ?? configuration["DATABASE_URL"] ?? Path.Combine("data", "atbb.db"),
        configuration["Gateway"] ?? "127.0.0.1:30000",
        configuration["Cluster"] ?? "atbb");
}
