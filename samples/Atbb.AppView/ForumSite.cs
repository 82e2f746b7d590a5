using Atbb.AppView.Backfill;
using Atbb.AppView.Forum;
using Atbb.AppView.Search;
using Atbb.Client;
using Atbb.Indexing.Databases;

namespace Atbb.AppView;

/// <summary>Puts the site together.</summary>
static class ForumSite
{
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        // Of the frameworks below, what is wrong; and where the site is.
        builder.Logging.AddFilter((string?)null, LogLevel.Warning).AddFilter("Atbb", LogLevel.Information).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        var options = SiteOptions.Read(builder.Configuration);

        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(services => IndexDatabase.Create(DatabaseTarget.Parse(options.Database), services.GetRequiredService<ILoggerFactory>()));
        builder.Services.AddSingleton<ForumReader>();
        builder.Services.AddSingleton<ISearchIndex>(services => services.GetRequiredService<IndexDatabase>() is { Target.Kind: DatabaseKind.PostgreSql } database
            ? new PostgresSearch(database)
            : new SqliteSearch(services.GetRequiredService<IndexDatabase>().Target.Description));
        builder.Services.AddHostedService<SearchUpkeep>();
        builder.Services.AddAtbbClient(client =>
        {
            (client.ForumDid, client.Database, client.Gateway, client.ClusterId) = (options.ForumDid, options.Database, options.Gateway, options.ClusterId);
            // To say so beats to let somebody wait.
            client.Patience = TimeSpan.FromSeconds(5);
        });
        builder.Services.AddSingleton(services =>
        {
            var atbb = services.GetRequiredService<AtbbClient>();
            return new BackfillFeed(atbb.WatchAsync, atbb.JudgeIndexAsync, services.GetRequiredService<TimeProvider>());
        });
        builder.Services.AddRazorComponents();

        var app = builder.Build();
        app.UsePageHeaders();
        app.UseExceptionHandler(failed => failed.Run(ForumRoutes.FailAsync));
        app.UseStaticFiles();
        app.MapForum();
        return app;
    }
}
