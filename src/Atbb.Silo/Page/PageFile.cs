using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.Net.Http.Headers;

namespace Atbb.Silo.Page;

/// <summary>One of the files that pages are made of, kept inside the program.</summary>
sealed record PageFile(string Name, byte[] Content)
{
    const string Prefix = "page/";

    readonly EntityTagHeaderValue tag = new($"\"{Convert.ToHexStringLower(SHA256.HashData(Content).AsSpan(0, 8))}\"");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<PageFile> All { get; } =
    [
        .. typeof(PageFile).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => new PageFile(name[Prefix.Length..], Load(name))),
    ];

    /// <summary>Whether it is a page, which has places to be filled in.</summary>
    public bool IsPage => Name.EndsWith(".html", StringComparison.Ordinal);

    /// <summary>Whether it is a script.</summary>
    public bool IsScript => Name.EndsWith(".js", StringComparison.Ordinal);

    /// <summary>The file of a name.</summary>
    public static PageFile Read(string name) => All.Single(file => file.Name == name);

    /// <summary>Writes a text into the place of that name.</summary>
    public PageFile Fill(string place, string text) => Insert(place, HtmlEncoder.Default.Encode(text));

    /// <summary>Writes HTML into the place of that name.</summary>
    public PageFile Insert(string place, string html) =>
        this with { Content = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Content).Replace($"{{{{{place}}}}}", html, StringComparison.Ordinal)) };

    /// <summary>The file as it is. A browser asks each time whether it is another by now: after an upgrade no old script meets a new page.</summary>
    public IResult ToResult(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-cache";
        return Results.Bytes(Content, MediaType, entityTag: tag);
    }

    string MediaType => Path.GetExtension(Name) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        var other => throw new InvalidOperationException($"There is no media type for {other}."),
    };

    static byte[] Load(string name)
    {
        using var stream = typeof(PageFile).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
