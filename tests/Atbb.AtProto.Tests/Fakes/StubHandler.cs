using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Atbb.AtProto.Tests.Fakes;

/// <summary>Answers requests as a test says, and remembers them.</summary>
sealed class StubHandler(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    public ConcurrentQueue<Uri> Requests { get; } = [];

    /// <summary>Completes with the first request.</summary>
    public TaskCompletionSource Arrived { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static StubHandler Answering(HttpStatusCode status, string body = "{}", params (string Name, string Value)[] headers) =>
        new((_, _) => Task.FromResult(Answer(status, body, headers)));

    public static StubHandler Answering(Func<Uri, HttpResponseMessage> answer) => new((request, _) => Task.FromResult(answer(request.RequestUri!)));

    public static HttpResponseMessage Answer(HttpStatusCode status, string body = "{}", params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage(status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        foreach (var (name, value) in headers)
            response.Headers.TryAddWithoutValidation(name, value);
        return response;
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Enqueue(request.RequestUri!);
        Arrived.TrySetResult();
        return answer(request, cancellationToken);
    }
}
