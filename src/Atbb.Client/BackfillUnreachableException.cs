namespace Atbb.Client;

/// <summary>The service did not answer for as long as <see cref="AtbbClientOptions.Patience"/> says. What was asked for can be asked again.</summary>
/// <param name="message">Who was asked, for how long, and what stood in the way.</param>
/// <param name="inner">The last failure; null when there was no answer at all.</param>
public sealed class BackfillUnreachableException(string message, Exception? inner) : Exception(message, inner);
