using System.Text;

namespace Atbb.Indexing.Collections;

/// <summary>A place in a record where a field stands, or an object that holds such places.</summary>
sealed class FieldNode
{
    readonly byte[] name;
    FieldNode[] children = [];

    FieldNode(string name) => this.name = Encoding.UTF8.GetBytes(name);

    /// <summary>The field that stands here; null for an object around fields.</summary>
    public RecordField? Field { get; private set; }

    /// <summary>The field's place among the collection's; the creation date comes last.</summary>
    public int Index { get; private set; }

    public static FieldNode Tree(IReadOnlyList<RecordField> fields)
    {
        var root = new FieldNode("");
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Path.Length == 0)
                continue;

            var node = root;
            foreach (var segment in fields[i].Path.Split('.'))
                node = node.Child(segment);
            node.Field = fields[i];
            node.Index = i;
        }

        root.Settle();
        return root;
    }

    /// <summary>The child that the reader's property name names, if any.</summary>
    public FieldNode? Find(ref System.Text.Json.Utf8JsonReader reader)
    {
        foreach (var child in children)
            if (reader.ValueTextEquals(child.name))
                return child;

        return null;
    }

    /// <summary>The places below.</summary>
    public ReadOnlySpan<FieldNode> Children => children;

    /// <summary>Whether they are all references, which an object that stands here must hold.</summary>
    public bool HoldsReferences { get; private set; }

    FieldNode Child(string segment)
    {
        var bytes = Encoding.UTF8.GetBytes(segment);
        var child = Array.Find(children, candidate => candidate.name.AsSpan().SequenceEqual(bytes));
        if (child is null)
            children = [.. children, child = new FieldNode(segment)];
        return child;
    }

    // Once, and not for each record.
    void Settle()
    {
        HoldsReferences = Array.TrueForAll(children, static child => child.Field?.Kind == FieldKind.Reference);
        foreach (var child in children)
            child.Settle();
    }
}
