using System.Buffers.Binary;

namespace Atbb.Testing.Databases;

/// <summary>
/// Reads one connection's messages from the client's bytes, in whatever pieces they come:
/// https://www.postgresql.org/docs/current/protocol-message-formats.html
/// </summary>
sealed class PostgresMessages
{
    const int WordLength = 5;

    // Asked for before the connection begins: encryption, of either kind. An answer of one byte, and the client begins anew.
    static readonly int[] Encryptions = [80_877_103, 80_877_104];

    readonly List<byte> pending = [];
    bool hasBegun;
    int passedOver;

    /// <summary>The messages that are complete enough to be told.</summary>
    public List<PostgresMessage> Read(ReadOnlySpan<byte> sent)
    {
        var messages = new List<PostgresMessage>();
        while (!sent.IsEmpty)
        {
            var skipped = Math.Min(passedOver, sent.Length);
            passedOver -= skipped;
            sent = sent[skipped..];
            if (sent.IsEmpty)
                break;

            pending.Add(sent[0]);
            sent = sent[1..];
            if (hasBegun)
                Take(messages);
            else
                TakeBeginning();
        }

        return messages;
    }

    // Without a type: its length, and what it is.
    void TakeBeginning()
    {
        if (pending.Count < 8)
            return;

        var head = pending.ToArray();
        passedOver = BinaryPrimitives.ReadInt32BigEndian(head) - head.Length;
        hasBegun = !Encryptions.Contains(BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(4)));
        pending.Clear();
    }

    // A type of one byte, the length of the rest, the rest; of a query's text the first word is wanted.
    void Take(List<PostgresMessage> messages)
    {
        if (pending.Count < 5)
            return;

        var head = pending.ToArray();
        var rest = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4;
        if (head[0] == 'Q' && head.Length < 5 + Math.Min(rest, WordLength))
            return;

        switch ((char)head[0])
        {
            case 'Q':
                messages.Add(QueryOf(head.AsSpan(5)));
                break;
            case 'E':
                messages.Add(PostgresMessage.Execute);
                break;
            case 'S':
                messages.Add(PostgresMessage.Sync);
                break;
            case 'c':
                messages.Add(PostgresMessage.CopyDone);
                break;
        }

        passedOver = 5 + rest - head.Length;
        pending.Clear();
    }

    static PostgresMessage QueryOf(ReadOnlySpan<byte> word) =>
        word.SequenceEqual("BEGIN"u8) ? PostgresMessage.Begin
        : word.SequenceEqual("COMMI"u8) || word.SequenceEqual("ROLLB"u8) ? PostgresMessage.End
        : PostgresMessage.Query;
}
