namespace Atbb.AtProto.Xrpc;

/// <summary>The body of an answer that is not a 2xx. Source: https://atproto.com/specs/xrpc#error-responses</summary>
sealed record XrpcErrorBody(string? Error, string? Message);
