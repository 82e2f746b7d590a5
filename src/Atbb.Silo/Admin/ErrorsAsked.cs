using System.Diagnostics.CodeAnalysis;
using Atbb.Grains.Interfaces.Runs;
using Atbb.Indexing.Collections;

namespace Atbb.Silo.Admin;

/// <summary>Which errors were asked for, of a run or of the whole index.</summary>
/// <param name="Did">Of this repository only.</param>
/// <param name="Kind">Of this kind only.</param>
/// <param name="Page">Which page.</param>
readonly record struct ErrorsAsked(string? Did, string? Kind, PageAsked Page)
{
    // atBB's own route answers up to a thousand errors and knows of no pages.
    const int Usual = PageAsked.Largest;

    /// <summary>Reads it from a query.</summary>
    public static bool TryRead(string? did, string? kind, string? after, string? limit, out ErrorsAsked asked, [NotNullWhen(false)] out IResult? problem)
    {
        asked = default;
        if (!PageAsked.TryRead(limit, after, nameof(after), Usual, out var page, out problem))
            return false;

        asked = new(did, kind, page);
        if (did is not null && !AtProto.Syntax.Did.TryParse(did, out _))
            problem = Problems.BadDid($"'{did}' is not a DID (did:method:id).");
        else if (kind is not null && !FailureKinds.All.Contains(kind))
            problem = Problems.BadKind(kind);
        return problem is null;
    }

    /// <summary>Answers with the page.</summary>
    /// <param name="list">Lists errors behind one, so many at most.</param>
    public async Task<IResult> AnswerAsync(Func<long, int, Task<IReadOnlyList<RunError>>> list)
    {
        var errors = await list(Page.Cursor ?? 0, Page.Limit);
        return Results.Ok(new ErrorsAnswer([.. errors.Select(ErrorAnswer.Of)], await Page.NextAsync(errors, static error => error.Id, last => list(last, 1))));
    }
}
