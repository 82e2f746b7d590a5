using System.Text;

namespace Atbb.Indexing.Collections;

/// <summary>A place in a record where a field stands, or an object that holds such places.</summary>
sealed class FieldNode
{
    readonly byte[] name;
    readonly List<FieldNode> children = [];

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

    /// <summary>The references among the fields below, which an object that stands here must hold.</summary>
    public IEnumerable<FieldNode> Children => children;

    FieldNode Child(string segment)
    {
        var bytes = Encoding.UTF8.GetBytes(segment);
        var child = children.Find(candidate => candidate.name.AsSpan().SequenceEqual(bytes));
        if (child is null)
            children.Add(child = new FieldNode(segment));
        return child;
    }
}
