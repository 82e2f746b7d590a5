using System.Net.Http.Json;
using System.Text.Json;
using Atbb.Silo.Admin;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Atbb.Silo.Tests.Admin;

/// <summary>What the service says of itself, against what it is. The answers are held against it wherever a test gets one, by <see cref="AdminSite"/>.</summary>
[Collection(OneAfterAnother.Name)]
public sealed class DescriptionTests
{
    [Fact]
    public async Task Description_OfTheService_HasEveryRouteThatIsMappedAndNoOther()
    {
        await using var site = await AdminSite.StartAsync();

        var description = new ApiDescription(await site.Http.GetFromJsonAsync<JsonElement>(AdminDescription.Path, TestContext.Current.CancellationToken));

        var mapped = site.App.Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(route => (Path: "/" + route.RoutePattern.RawText!.Trim('/'), Verbs: route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []))
            .Where(route => route.Path.StartsWith("/api/admin/", StringComparison.Ordinal) && route.Path != AdminDescription.Path)
            .SelectMany(route => route.Verbs.Select(verb => $"{verb} {route.Path}"));
        Assert.Equal(mapped.Order(StringComparer.Ordinal), description.Routes.Order(StringComparer.Ordinal));
        Assert.Contains("GET /api/admin/backfill/{id}/events", description.Routes);
    }

    [Fact]
    public void Problems_OfEveryKind_AreInTheDocumentation()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "appview.md"));

        Assert.All(ProblemKind.All, kind => Assert.Contains($"| `{kind.Name}` | {kind.Status} |", page, StringComparison.Ordinal));
        Assert.Equal(ProblemKind.All.Count, ProblemKind.All.Select(kind => kind.Type).Distinct().Count());
    }
}
