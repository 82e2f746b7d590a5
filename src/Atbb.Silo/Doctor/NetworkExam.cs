using System.Globalization;
using Atbb.AtProto;
using Atbb.AtProto.Discovery;
using Atbb.AtProto.Identity;
using Atbb.AtProto.Repo;
using Atbb.AtProto.Syntax;
using Atbb.Silo.Configuration;

namespace Atbb.Silo.Doctor;

/// <summary>Looks at what a run reads from: the PLC directory, the forum's account and its PDS, the relays. And, by the directory's, at the clock.</summary>
sealed class NetworkExam(AtbbSettings settings, IDidResolver resolver, IRepoClient repos, IRelayClient relays, TimeProvider time)
{
    // A DID document has a few kB; what is no directory may send anything.
    const int MaxDocument = 256 * 1024;

    static readonly TimeSpan SkewProblem = TimeSpan.FromMinutes(1), SkewWarning = TimeSpan.FromSeconds(5);

    /// <summary>All that there is to be said.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(CancellationToken cancellationToken)
    {
        var plc = PlcAsync(cancellationToken);
        var forum = ForumAsync(Did.Parse(settings.Forum.Did), cancellationToken);
        var lists = settings.Discovery.Relays.Select(relay => RelayAsync(new Uri(relay), cancellationToken)).ToList();
        IReadOnlyList<Finding> listed = lists.Count > 0
            ? await Task.WhenAll(lists)
            : [Finding.Ok("relay", "none is configured (Atbb:Discovery:Relays): a full sync reads who is known, listed, or named in records.")];
        return [.. await plc, .. await forum, .. listed];
    }

    async Task<IReadOnlyList<Finding>> PlcAsync(CancellationToken cancellationToken)
    {
        // The operator's own address, so it is not guarded against as a stranger's is. Without a proxy, as the service goes without.
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
        {
            Timeout = settings.Network.TotalTimeout,
            MaxResponseContentBufferSize = MaxDocument,
        };
        var did = Did.Parse(settings.Forum.Did);
        Did? forum = did.Method is "plc" ? did : null;
        try
        {
            // For what a run will ask it for: that somebody answers there does not make it a directory, nor this forum's.
            using var answer = await http.GetAsync(new Uri(settings.PlcDirectory, forum is null ? "/_health" : $"/{forum}"), cancellationToken);
            var here = PlcExam.Judge(settings.PlcDirectory, forum, answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
            return answer.Headers.Date is { } date ? [here, Clock(date - time.GetUtcNow())] : [here];
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return [Finding.Problem(
                "plc", $"{settings.PlcDirectory} is not reachable: {(e.InnerException ?? e).Message.ReplaceLineEndings(" ").TrimEnd('.')}.",
                "Check Atbb:PlcDirectory, this machine's network and its names (DNS), and that outgoing https is allowed.")];
        }
    }

    async Task<IReadOnlyList<Finding>> ForumAsync(Did did, CancellationToken cancellationToken)
    {
        DidDocument document;
        try
        {
            document = await resolver.ResolveAsync(did, TimeSpan.Zero, cancellationToken);
        }
        catch (AtProtoException e)
        {
            return [Finding.Problem("forum", $"{Sentence(e)}", AdviceOnDocument(e.Failure))];
        }

        var pds = settings.Forum.Pds ?? document.Pds;
        Finding known = Finding.Ok("forum", $"{did} is {document.Handle ?? "without a handle"}, at {pds}{(settings.Forum.Pds is null ? "" : " (Atbb:Forum:Pds)")}.");
        try
        {
            var head = await repos.GetLatestCommitAsync(pds, did, cancellationToken);
            return [known, Finding.Ok("forum", $"its PDS has its repository, at rev {head.Rev.Value}.")];
        }
        catch (AtProtoException e)
        {
            return [known, Finding.Problem("forum", Sentence(e), e.IsTransient
                ? "Wait for the PDS, or ask its operator: a run parks the forum's repository until it answers."
                : "Check FORUM_DID, and whether the account is active there: without it there is no forum to index.")];
        }
    }

    async Task<Finding> RelayAsync(Uri relay, CancellationToken cancellationToken)
    {
        try
        {
            await relays.ListReposByCollectionAsync(relay, Nsid.Parse(settings.Discovery.Collections[0]), null, 1, cancellationToken);
            return Finding.Ok("relay", $"{relay} answers who writes in forums.");
        }
        catch (AtProtoException e)
        {
            // Runs complete without it.
            return Finding.Warning("relay", Sentence(e), e.IsTransient
                ? "A full sync completes without it, and without whom it alone would have named; ask again later."
                : "It has to know com.atproto.sync.listReposByCollection: correct Atbb:Discovery:Relays.");
        }
    }

    // By whole seconds, as HTTP tells them.
    static Finding Clock(TimeSpan ahead)
    {
        var skew = ahead.Duration();
        var text = string.Create(CultureInfo.InvariantCulture, $"this machine's clock is {skew.TotalSeconds:N0} s {(ahead > TimeSpan.Zero ? "behind" : "ahead of")} the PLC directory's");
        return skew >= SkewProblem ? Finding.Problem("clock", $"{text}: pauses that servers ask for, and the cursor's age, are reckoned wrongly.", "Let chrony or systemd-timesyncd keep the clock.")
            : skew >= SkewWarning ? Finding.Warning("clock", $"{text}.", "Let chrony or systemd-timesyncd keep the clock.")
            : Finding.Ok("clock", "this machine's clock goes with the PLC directory's.");
    }

    static string AdviceOnDocument(AtProtoFailure failure) => failure switch
    {
        AtProtoFailure.DidNotFound => "Check FORUM_DID: the directory does not know it.",
        AtProtoFailure.DidTombstoned => "The account was given up: the forum needs a new one, in FORUM_DID.",
        AtProtoFailure.BadDidDocument or AtProtoFailure.Forbidden => "Check FORUM_DID; only Atbb:Network:AllowPrivateAddresses admits addresses of a network of your own.",
        _ => "Check Atbb:PlcDirectory and this machine's network; a run waits until the document is to be had.",
    };

    static string Sentence(AtProtoException e) => $"{e.Message.ReplaceLineEndings(" ").TrimEnd('.')}.";
}
