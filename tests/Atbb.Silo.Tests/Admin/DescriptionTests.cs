using System.Net.Http.Json;
using System.Text.Json;
using Atbb.Indexing.Collections;
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

        var document = await site.Http.GetFromJsonAsync<JsonElement>(AdminDescription.Path, TestContext.Current.CancellationToken);
        var description = new ApiDescription(document);

        var mapped = site.App.Services.GetServices<EndpointDataSource>()
            .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            .Select(route => (Path: "/" + route.RoutePattern.RawText!.Trim('/'), Verbs: route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []))
            .Where(route => route.Path.StartsWith("/api/admin/", StringComparison.Ordinal) && route.Path != AdminDescription.Path)
            .SelectMany(route => route.Verbs.Select(verb => $"{verb} {route.Path}"));
        Assert.Equal(mapped.Order(StringComparer.Ordinal), description.Routes.Order(StringComparer.Ordinal));
        Assert.Contains("GET /api/admin/backfill/{id}/events", description.Routes);
        AssertSaysWhatAProgramNeeds(document);
    }

    static void AssertSaysWhatAProgramNeeds(JsonElement document)
    {
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(verb => verb.Value).ToList();
        Assert.Equal(
            ["cancelRun", "getRepo", "getRun", "judgeIndex", "listErrors", "listHosts", "listOpenErrors", "listRuns", "pauseRun", "resumeRun", "retryRun", "startBackfill", "syncRepo", "watchRun"],
            operations.Select(operation => operation.GetProperty("operationId").GetString()!).Order(StringComparer.Ordinal));
        foreach (var (status, header) in new[] { ("202", "Location"), ("429", "Retry-After") })
        {
            var responses = operations.Select(operation => operation.GetProperty("responses")).Where(all => all.TryGetProperty(status, out _)).ToList();
            Assert.NotEmpty(responses);
            Assert.All(responses, all => Assert.True(all.GetProperty(status).GetProperty("headers").TryGetProperty(header, out _)));
        }

        var components = document.GetProperty("components");
        Assert.Equal(("apiKey", "cookie", "atbb"), (Scheme("type"), Scheme("in"), Scheme("name")));
        Assert.Equal(2, document.GetProperty("security").GetArrayLength());
        Assert.Equal(ProblemKind.All.Select(kind => kind.Type), NamesOf("ProblemAnswer", "type"));
        Assert.Equal(FailureKinds.All, NamesOf("ErrorAnswer", "kind"));
        Assert.Equal(FailureKinds.All, NamesOf("KindAnswer", "kind"));
        // What a client is made from: a number that may be text is a field that nobody can count with.
        Assert.DoesNotMatch("\"(integer|number)\",\\s*\"string\"|\"string\",\\s*\"(integer|number)\"", document.GetRawText());

        string? Scheme(string name) => components.GetProperty("securitySchemes").GetProperty("cookie").GetProperty(name).GetString();

        IEnumerable<string> NamesOf(string type, string property) =>
            components.GetProperty("schemas").GetProperty(type).GetProperty("properties").GetProperty(property).GetProperty("enum").EnumerateArray().Select(name => name.GetString()!);
    }

    [Fact]
    public void Problems_OfEveryKind_AreInTheDocumentation()
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "appview.md"));

        Assert.All(ProblemKind.All, kind => Assert.Contains($"| `{kind.Name}` | {kind.Status} |", page, StringComparison.Ordinal));
        Assert.Equal(ProblemKind.All.Count, ProblemKind.All.Select(kind => kind.Type).Distinct().Count());
    }
}
