using System.Diagnostics;
using System.Net;
using Atbb.AtProto.Network;
using Atbb.AtProto.Politeness;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

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
    readonly HostMetrics metrics;
    readonly AtProtoOptions options;
    readonly TimeProvider time;
    readonly ResiliencePipeline<ResponseBody>? retries;

    public XrpcClient(IHttpClientFactory clients, HostGates hosts, HostMetrics metrics, IOptions<AtProtoOptions> options, TimeProvider time)
    {
        http = clients.CreateClient(HttpClientName);
        this.hosts = hosts;
        this.metrics = metrics;
        this.options = options.Value;
        this.time = time;
        retries = BuildRetries(Network, time);
    }

    NetworkOptions Network => options.Network;

    /// <summary>Asks, and reads the whole answer. The caller disposes it.</summary>
    /// <exception cref="AtProtoException">There is no answer with status 200.</exception>
    /// <exception cref="OperationCanceledException">The caller has gone, whatever was answered.</exception>
    public async Task<ResponseBody> GetAsync(XrpcRequest request, CancellationToken cancellationToken)
    {
        if (request.Origin.Scheme != Uri.UriSchemeHttps && !Network.AllowPrivateAddresses)
            throw request.Failed(AtProtoFailure.Forbidden, $"{request.Origin.Scheme} is not https");

        // Neither a turn at the host nor a request is spent on what nobody waits for.
        cancellationToken.ThrowIfCancellationRequested();
        using var total = new Deadline(Network.TotalTimeout, time, cancellationToken);
        AtProtoException failure;
        try
        {
            return await AttemptAsync(request, total.Token).ConfigureAwait(false);
        }
        catch (AtProtoException e) when (cancellationToken.IsCancellationRequested)
        {
            throw Forsaken(e, cancellationToken);
        }
        catch (AtProtoException e) when (retries is not null && IsRetried(e))
        {
            failure = e;
        }
        catch (OperationCanceledException e) when (total.HasPassed && !cancellationToken.IsCancellationRequested)
        {
            throw OutOfTime(request, last: null, e);
        }

        return await AskAgainAsync(request, failure, total, cancellationToken).ConfigureAwait(false);
    }

    // The pipeline costs more than the request, so only those that have failed go through it: what it takes for the first attempt is the one
    // that was made.
    async Task<ResponseBody> AskAgainAsync(XrpcRequest request, AtProtoException failure, Deadline total, CancellationToken cancellationToken)
    {
        var last = failure;
        AtProtoException? made = failure;
        try
        {
            return await retries!.ExecuteAsync(
                async token =>
                {
                    try
                    {
                        return Interlocked.Exchange(ref made, null) is { } first ? throw first : await AttemptAsync(request, token).ConfigureAwait(false);
                    }
                    catch (AtProtoException e)
                    {
                        last = e;
                        throw;
                    }
                },
                total.Token).ConfigureAwait(false);
        }
        catch (AtProtoException e) when (cancellationToken.IsCancellationRequested)
        {
            throw Forsaken(e, cancellationToken);
        }
        catch (OperationCanceledException e) when (total.HasPassed && !cancellationToken.IsCancellationRequested)
        {
            throw OutOfTime(request, last, e);
        }
    }

    // Of a question that nobody waits for, as when a silo ends, a host has no failure to answer for.
    static OperationCanceledException Forsaken(AtProtoException failure, CancellationToken cancellationToken) => new(failure.Message, failure, cancellationToken);

    // With what went wrong before: that is the cause, and the time's end only what came of it.
    AtProtoException OutOfTime(XrpcRequest request, AtProtoException? last, OperationCanceledException end)
    {
        var before = last is null ? "" : $"; before that: {last.Message.TrimEnd('.')}";
        return request.Failed(AtProtoFailure.TimedOut, $"no answer within {Network.TotalTimeout.TotalSeconds:0.###} s, retries included{before}", end);
    }

    static ResiliencePipeline<ResponseBody>? BuildRetries(NetworkOptions network, TimeProvider time) => network.MaxRetries == 0
        ? null
        : new ResiliencePipelineBuilder<ResponseBody> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<ResponseBody>
            {
                MaxRetryAttempts = network.MaxRetries,
                Delay = network.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = static args => ValueTask.FromResult(IsRetried(args.Outcome.Exception)),
            })
            .Build();

    // Not a time-out: a hung host would hold the repository's turn for three of them. Not where the server named a time: it knows better.
    static bool IsRetried(Exception? exception) =>
        exception is AtProtoException { Failure: AtProtoFailure.Unreachable or AtProtoFailure.ServerError, RetryAt: null };

    async ValueTask<ResponseBody> AttemptAsync(XrpcRequest request, CancellationToken cancellationToken)
    {
        // Outside the request's own time, which must not be spent in waiting for the host's turn; and until the body has been read.
        using var turn = await hosts.EnterAsync(request, cancellationToken).ConfigureAwait(false);
        using var limit = new Deadline(Network.RequestTimeout, time, cancellationToken);
        using var activity = AtProtoTelemetry.Activities.StartActivity("atbb.request");
        activity?.SetTag("atbb.method", request.Method);
        var began = time.GetTimestamp();
        try
        {
            var answer = await ExchangeAsync(request, turn, limit, cancellationToken).ConfigureAwait(false);
            metrics.Answered(request.Class, HttpStatusCode.OK, time.GetElapsedTime(began));
            return answer;
        }
        catch (AtProtoException e)
        {
            activity?.SetStatus(ActivityStatusCode.Error, e.Failure.ToString());
            metrics.Failed(request.Class, e, time.GetElapsedTime(began));
            throw;
        }
    }

    async ValueTask<ResponseBody> ExchangeAsync(XrpcRequest request, HostLease turn, Deadline limit, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await SendAsync(request, turn, limit.Token).ConfigureAwait(false);
            turn.Spoke();
            return answer;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            turn.TimedOut();
            throw request.Failed(
                AtProtoFailure.TimedOut,
                limit.HasPassed
                    ? $"no whole answer within {Network.RequestTimeout.TotalSeconds:0.###} s"
                    : $"no connection within {Network.ConnectTimeout.TotalSeconds:0.###} s",
                e);
        }
        catch (AtProtoException)
        {
            turn.Spoke();
            throw;
        }
        catch (HttpRequestException e) when (e.InnerException is AtProtoException refusal)
        {
            throw request.Failed(refusal.Failure, refusal.Message, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            turn.Spoke();
            // What TLS says of itself, a frame that is none, tells nobody that it was TLS.
            var failed = e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } ? "its TLS handshake failed" : "the connection failed";
            throw request.Failed(AtProtoFailure.Unreachable, $"{failed} ({e.GetBaseException().Message.TrimEnd('.')})", e);
        }
        catch (InvalidDataException e)
        {
            turn.Spoke();
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
        using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        var now = time.GetUtcNow();
        // Before the body is read, which may take its time.
        var retryAt = response.StatusCode is HttpStatusCode.OK ? null : RetryTime.Read(response, now, options.Politeness.MaxPause);
        var isRefusal = response.StatusCode is HttpStatusCode.TooManyRequests || (response.StatusCode is HttpStatusCode.ServiceUnavailable && retryAt is not null);
        if (isRefusal)
        {
            turn.Pause(retryAt - now);
            retryAt = retryAt is { } asked ? now + turn.WaitIn(asked - now) : null;
        }
        else
        {
            turn.Answered(RateAllowance.Read(response, now));
        }

        if (response.StatusCode is not HttpStatusCode.OK)
            throw await XrpcErrors.ReadAsync(request, response, retryAt, isRefusal && turn.IsGivenUp, cancellationToken).ConfigureAwait(false);

        return await ResponseBody.ReadAsync(response.Content, request.MaxBytes, cancellationToken).ConfigureAwait(false)
            ?? throw request.Failed(AtProtoFailure.TooLarge, $"the answer is larger than {request.MaxBytes:N0} bytes", status: response.StatusCode);
    }
}
