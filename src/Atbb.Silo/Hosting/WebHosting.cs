using Atbb.Silo.Access;
using Atbb.Silo.Admin;
using Atbb.Silo.Admin.Events;
using Atbb.Silo.Configuration;
using Atbb.Silo.Health;
using Atbb.Silo.Page;
using Atbb.Silo.Telemetry;
using Orleans.Dashboard;

namespace Atbb.Silo.Hosting;

/// <summary>The silo with its admin HTTP, the operator's page and the dashboard.</summary>
static class WebHosting
{
    public const string DashboardPath = "/dashboard";

    /// <summary>Puts the whole service together.</summary>
    public static WebApplication Build(AtbbSettings settings, LogLevel level = LogLevel.Information)
    {
        var builder = WebApplication.CreateBuilder(HostArguments.Fixed);
        builder.WebHost.UseUrls(settings.Admin.Url);
        // The settings have their own sources; of the framework's, the log levels stay.
        builder.Logging.AddAtbbDefaults(level);
        builder.Services.AddHostedService<AdminAddressCheck>();
        builder.AddAtbbSilo(settings, silo => silo.AddAtbbTraces().AddDashboard(options => options.HideTrace = true));
        // After the silo, which has to be up to be asked.
        builder.Services.AddHostedService<WakeUpOnStart>();
        builder.Services.ConfigureHttpJsonOptions(json => AdminJson.Apply(json.SerializerOptions));
        builder.Services.AddAdminDescription();
        builder.Services.AddProgressFeed();
        builder.Services.AddAdminAccess();
        builder.Services.AddAtbbHealth();
        builder.AddAtbbTelemetry();

        var app = builder.Build();
        app.UseForwardedScheme(settings.Admin);
        app.UsePageHeaders();
        app.UseExceptionHandler(broken => broken.Run(static context => Problems.OfStatus(context, context.Response.StatusCode).ExecuteAsync(context)));
        app.UseStatusCodePages(static page => Problems.OfStatus(page.HttpContext, page.HttpContext.Response.StatusCode).ExecuteAsync(page.HttpContext));
        app.UseAdminAccess(settings.Admin);
        app.MapSignIn();
        app.MapAdminApi();
        app.MapRepoApi();
        app.MapIndexApi();
        app.MapHostsApi();
        app.MapAdminDescription();
        app.MapAtbbHealth();
        app.MapAtbbMetrics();
        app.MapOrleansDashboard(DashboardPath).RequireAuthorization(AdminAccess.Policy);
        app.MapOperatorPage();
        return app;
    }
}
