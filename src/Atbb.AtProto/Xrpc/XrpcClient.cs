using System.Net;
using Atbb.AtProto.Network;
using Atbb.AtProto.Politeness;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Atbb.AtProto.Xrpc;

/// <summary>
/// Asks questions over HTTP GET. What it retries and how long it waits covers the whole answer: a body that breaks off half way is a
/// broken connection, and one that drips is a slow one. That is why retry and time-outs stand here and not in the HttpClient's handlers,
/// which see an answer's headers only.
/// </summary>
sealed class XrpcClient
{
    /// <summary>The name of the HttpClient.</summary>
    public const string HttpClientName = "Atbb.AtProto";

    readonly HttpClient http;
    readonly HostGates hosts;
    readonly AtProtoOptions options;
    readonly TimeProvider time;
    readonly ResiliencePipeline question;
    readonly ResiliencePipeline attempt;

    public XrpcClient(IHttpClientFactory clients, HostGates hosts, IOptions<AtProtoOptions> options, TimeProvider time)
    {
        http = clients.CreateClient(HttpClientName);
        this.hosts = hosts;
        this.options = options.Value;
        this.time = time;
        question = BuildQuestion(Network, time);
        attempt = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(Network.RequestTimeout).Build();
    }

    NetworkOptions Network => options.Network;

    /// <summary>Asks, and reads the whole answer. The caller disposes it.</summary>
    /// <exception cref="AtProtoException">There is no answer with status 200.</exception>
    public async Task<ResponseBody> GetAsync(XrpcRequest request, CancellationToken cancellationToken)
    {
        if (request.Origin.Scheme != Uri.UriSchemeHttps && !Network.AllowPrivateAddresses)
            throw request.Failed(AtProtoFailure.Forbidden, $"{request.Origin.Scheme} is not https");

        try
        {
            return await question.ExecuteAsync(
                static (ask, token) => ask.Client.AttemptAsync(ask.Request, token), (Client: this, Request: request), cancellationToken);
        }
        catch (TimeoutRejectedException e)
        {
            throw request.Failed(AtProtoFailure.TimedOut, $"no answer within {Network.TotalTimeout.TotalSeconds:0.###} s, retries included", e);
        }
    }

    static ResiliencePipeline BuildQuestion(NetworkOptions network, TimeProvider time)
    {
        var builder = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(network.TotalTimeout);
        return network.MaxRetries == 0
            ? builder.Build()
            : builder.AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = network.MaxRetries,
                Delay = network.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static args => ValueTask.FromResult(IsRetried(args.Outcome.Exception)),
            }).Build();
    }

    // Not a time-out: a hung host would hold the repository's turn for three of them. Not where the server named a time: it knows better.
    static bool IsRetried(Exception? exception) =>
        exception is AtProtoException { Failure: AtProtoFailure.Unreachable or AtProtoFailure.ServerError, RetryAt: null };

    async ValueTask<ResponseBody> AttemptAsync(XrpcRequest request, CancellationToken cancellationToken)
    {
        // Outside the request's own time, which must not be spent in waiting for the host's turn; and until the body has been read.
        using var turn = await hosts.EnterAsync(request, cancellationToken);
        try
        {
            return await attempt.ExecuteAsync(
                static (ask, token) => ask.Client.SendAsync(ask.Request, ask.Turn, token), (Client: this, Request: request, Turn: turn), cancellationToken);
        }
        catch (TimeoutRejectedException e)
        {
            throw request.Failed(AtProtoFailure.TimedOut, $"no whole answer within {Network.RequestTimeout.TotalSeconds:0.###} s", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw request.Failed(AtProtoFailure.TimedOut, $"no connection within {Network.ConnectTimeout.TotalSeconds:0.###} s", e);
        }
        catch (HttpRequestException e) when (e.InnerException is AtProtoException refusal)
        {
            throw request.Failed(refusal.Failure, refusal.Message, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw request.Failed(AtProtoFailure.Unreachable, $"the connection failed ({e.GetBaseException().Message.TrimEnd('.')})", e);
        }
        catch (InvalidDataException e)
        {
            throw request.Failed(AtProtoFailure.Malformed, $"the answer cannot be decompressed ({e.Message.TrimEnd('.')})", e);
        }
    }

    async ValueTask<ResponseBody> SendAsync(XrpcRequest request, HostLease turn, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(request.Origin, request.PathAndQuery))
        {
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
        };
        RequestMeter.CountRequest(request.Origin);
        using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (response.StatusCode is not HttpStatusCode.TooManyRequests)
            turn.Answered(RateAllowance.Read(response, time.GetUtcNow()));
        if (response.StatusCode is not HttpStatusCode.OK)
            throw await ReadErrorAsync(request, turn, response, cancellationToken);

        return await ResponseBody.ReadAsync(response.Content, request.MaxBytes, cancellationToken)
            ?? throw request.Failed(AtProtoFailure.TooLarge, $"the answer is larger than {request.MaxBytes:N0} bytes", status: response.StatusCode);
    }

    async ValueTask<AtProtoException> ReadErrorAsync(
        XrpcRequest request, HostLease turn, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // Before the body is read, which may take its time.
        var retryAt = RetryTime.Read(response, now, options.Politeness.MaxPause);
        if (response.StatusCode is HttpStatusCode.TooManyRequests || (response.StatusCode is HttpStatusCode.ServiceUnavailable && retryAt is not null))
            turn.Pause(retryAt - now);

        return await XrpcErrors.ReadAsync(request, response, retryAt, cancellationToken);
    }
}
