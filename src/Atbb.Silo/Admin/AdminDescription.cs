using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Atbb.Indexing.Collections;
using Atbb.Silo.Access;
using Microsoft.OpenApi;

namespace Atbb.Silo.Admin;

/// <summary>The admin HTTP described for programs, as an OpenAPI document made from the routes as they are mapped.</summary>
static class AdminDescription
{
    /// <summary>Where the document is.</summary>
    public const string Path = "/api/admin/openapi.json";

    const string EventStream = "text/event-stream";

    /// <summary>Adds the description.</summary>
    public static IServiceCollection AddAdminDescription(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.ShouldInclude = static route => route.RelativePath?.StartsWith("api/admin/", StringComparison.Ordinal) is true;
        options.AddDocumentTransformer(static (document, _, _) =>
        {
            document.Info = new OpenApiInfo
            {
                Title = "Atbb.Orleans admin HTTP",
                Version = typeof(AdminDescription).Assembly.GetName().Version?.ToString(3) ?? "0",
                Description = "Errors are problem details; their types are listed in docs/appview.md.",
            };
            // Whatever name the caller has for this service: the document's own address says where it is.
            document.Servers = [];
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer" };
            document.Components.SecuritySchemes["cookie"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = AdminAccess.CookieName,
                Description = $"Of a sign-in at {SignIn.Path}.",
            };
            // Either of them.
            document.Security = [Requirement("bearer"), Requirement("cookie")];
            return Task.CompletedTask;

            OpenApiSecurityRequirement Requirement(string scheme) => new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };
        });
        options.AddSchemaTransformer(static (schema, context, _) =>
        {
            if (NamesOf(context.JsonPropertyInfo) is { } names)
                schema.Enum = Nodes(names);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(static (operation, _, _) =>
        {
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>() ?? [])
                Describe(parameter);
            foreach (var (status, response) in operation.Responses ?? [])
                if (HeaderOf(status) is var (name, header) && response is OpenApiResponse described)
                    (described.Headers ??= new Dictionary<string, IOpenApiHeader>())[name] = header;
            return Task.CompletedTask;
        });
    });

    /// <summary>Maps the document: behind the token as everything it speaks of, since it says what can be done here.</summary>
    public static void MapAdminDescription(this WebApplication app) =>
        app.MapOpenApi(Path).RequireAuthorization(AdminAccess.Policy);

    /// <summary>What a route answers when it does not refuse.</summary>
    public static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder route, params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            route.Produces<T>(status);
        return route;
    }

    /// <summary>A stream of events, or nothing more to come.</summary>
    public static RouteHandlerBuilder AnswersEvents(this RouteHandlerBuilder route) =>
        route.Produces<string>(StatusCodes.Status200OK, EventStream).Produces(StatusCodes.Status204NoContent);

    /// <summary>With which statuses a route refuses.</summary>
    public static T Refuses<T>(this T route, params ReadOnlySpan<int> statuses)
        where T : IEndpointConventionBuilder
    {
        foreach (var status in statuses)
            route.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ProblemAnswer), [Problems.MediaType]));
        return route;
    }

    /// <summary>
    /// The body of a start, which the route reads itself. Told to the framework as what the route accepts, it would refuse requests by their
    /// header before anybody has looked whether they have a body.
    /// </summary>
    public static RouteHandlerBuilder TakesStartBody(this RouteHandlerBuilder route) => route.AddOpenApiOperationTransformer(
        static async (operation, context, cancellationToken) => operation.RequestBody = new OpenApiRequestBody
        {
            Required = false,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/json"] = new() { Schema = await context.GetOrCreateSchemaAsync(typeof(StartBody), cancellationToken: cancellationToken) },
            },
        });

    // Read as text by the routes, so that what is wrong with them can be said.
    static void Describe(OpenApiParameter parameter)
    {
        (var schema, parameter.Description) = parameter.Name switch
        {
            "id" => (Whole(), "The run's id."),
            "limit" => (Whole(PageAsked.Largest), "How many entries at most."),
            "before" or "after" => (Whole(), "Where the page begins: the 'next' of the page before."),
            "force" => (OneOf("catch_up", "full_sync"), "The run's type; left out: as the live stream's cursor decides."),
            "did" => (null, "Only errors of this repository."),
            "kind" => (OneOf([.. FailureKinds.All]), "Only errors of this kind."),
            "name" => (null, "The account's DID, or the handle it claims."),
            AdminApi.KeyHeader => (null, "Made up by the caller for one request: asked again with it, the same request answers with the run it has started."),
            "Last-Event-ID" => (null, "The id of the last event seen. Every stream begins with the run as it stands, whatever it is."),
            _ => ((OpenApiSchema?)null, parameter.Description),
        };
        parameter.Schema = schema ?? parameter.Schema;
    }

    // Texts of which there is a list, and which are no enumeration in the code.
    static IEnumerable<string>? NamesOf(JsonPropertyInfo? property) => (property?.DeclaringType, property?.Name) switch
    {
        ({ } type, "type") when type == typeof(ProblemAnswer) => ProblemKind.All.Select(static kind => kind.Type),
        ({ } type, "kind") when type == typeof(ErrorAnswer) || type == typeof(KindAnswer) => FailureKinds.All,
        _ => null,
    };

    static (string Name, OpenApiHeader Header)? HeaderOf(string status) => status switch
    {
        "202" => ("Location", new() { Description = "The run, or the repository.", Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "uri-reference" } }),
        "429" => ("Retry-After", new() { Description = "For how many seconds no token is taken.", Schema = Whole() }),
        _ => null,
    };

    static OpenApiSchema Whole(int? most = null) => new()
    {
        Type = JsonSchemaType.Integer,
        Format = "int64",
        Minimum = most is null ? "0" : "1",
        Maximum = most?.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    static OpenApiSchema OneOf(params string[] names) => new() { Type = JsonSchemaType.String, Enum = Nodes(names) };

    static IList<JsonNode> Nodes(IEnumerable<string> names) => [.. names.Select(name => (JsonNode)name)];
}
