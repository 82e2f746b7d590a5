namespace Atbb.AppView;

/// <summary>Asks a site on this machine whether it shows its forum, for what looks after containers: its image has nothing else to ask with.</summary>
static class SiteHealth
{
    /// <summary>The command: what stands behind it is as for the site itself.</summary>
    public const string Command = "health";

    /// <summary>Asks the address that the site listens at.</summary>
    /// <returns>The exit status.</returns>
    public static async Task<int> AskAsync(string[] args)
    {
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddCommandLine(args).Build();
        var listens = (configuration["urls"] ?? "http://127.0.0.1:5000").Split(';')[0];
        // Every address of the machine is none that can be asked.
        var url = new UriBuilder(listens.Replace("//+", "//0.0.0.0", StringComparison.Ordinal).Replace("//*", "//0.0.0.0", StringComparison.Ordinal));
        if (url.Host is "0.0.0.0" or "[::]")
            url.Host = "127.0.0.1";
        try
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(4) };
            using var answer = await http.GetAsync(url.Uri);
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return 1;
        }
    }
}
