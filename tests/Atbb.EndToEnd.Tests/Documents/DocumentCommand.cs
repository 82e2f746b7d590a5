namespace Atbb.EndToEnd.Tests.Documents;

/// <summary>A command that a document tells its reader to give.</summary>
/// <param name="Document">The document, from the top of the repository.</param>
/// <param name="Line">Where it stands.</param>
/// <param name="Text">The command, its continuations joined.</param>
sealed record DocumentCommand(string Document, int Line, string Text)
{
    public override string ToString() => $"{Document}:{Line}: {Text}";
}
