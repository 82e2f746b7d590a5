using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Atbb.EndToEnd.Tests.Documents;

/// <summary>The C# in the documents is compiled against what it is about, with no more names at hand than it brings along itself.</summary>
public sealed class DocumentCodeTests
{
    // What every web application has without a word, and what a document calls the reader's own.
    const string Before = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting;
        """;

    const string Begin = "class Reader { async Task DoAsync(WebApplicationBuilder builder, string connectionString, string did, string forumDid, CancellationToken cancellationToken) {";
    const string End = "} }";

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    public static TheoryData<string> WithCode => [.. Document.All.Where(document => document.Code.Count > 0).Select(document => document.Path)];

    /// <summary>A later block goes on where an earlier one has ended, as for whoever reads on.</summary>
    [Theory]
    [MemberData(nameof(WithCode))]
    public void Code_OfADocument_Compiles(string path)
    {
        var source = new StringBuilder();
        var (usings, statements) = Parted(Document.Of(path).Code);
        foreach (var (number, text) in usings)
            source.AppendLine($"#line {number} \"{path}\"").AppendLine(text);
        source.AppendLine(Begin);
        foreach (var (number, text) in statements)
            source.AppendLine($"#line {number} \"{path}\"").AppendLine(text);
        source.AppendLine(End);

        var compilation = CSharpCompilation.Create(
            "document",
            [CSharpSyntaxTree.ParseText(Before, cancellationToken: Ends), CSharpSyntaxTree.ParseText(source.ToString(), cancellationToken: Ends)],
            References(),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

        Assert.Empty(compilation.GetDiagnostics(Ends).Where(static found => found.Severity is DiagnosticSeverity.Error).Select(static found => $"{found}"));
    }

    [Fact]
    public void Code_OfAllDocuments_StandsWhereItIsFound() => Assert.Empty(Document.All.SelectMany(document => document.StrayCode.Select(line => $"{document.Path}: {line}")));

    // Whatever these tests run on: the client and the contracts among it.
    static IEnumerable<MetadataReference> References() => ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator).Select(static file => MetadataReference.CreateFromFile(file));

    // Usings of a namespace stand before everything else; those of a resource are statements.
    static (IEnumerable<(int Number, string Text)> Usings, IEnumerable<(int Number, string Text)> Statements) Parted(IReadOnlyList<(int Number, string Text)> code)
    {
        var parts = code.ToLookup(static line => line.Text.StartsWith("using ", StringComparison.Ordinal) && !line.Text.Contains('=', StringComparison.Ordinal));
        return (parts[true], parts[false]);
    }
}
