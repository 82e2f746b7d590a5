using System.Text;
using Atbb.Sample;
using Atbb.Testing.Databases;

namespace Atbb.EndToEnd.Tests.Soak;

/// <summary>One account of a soak: where it lives, how it stands, and everything its records ever were.</summary>
sealed class SoakAccount
{
    readonly HashSet<IndexedRow> everWas = [];
    readonly HashSet<string> everBad = new(StringComparer.Ordinal);
    readonly IReadOnlyList<string> collections;

    public SoakAccount(SampleRepo repo, SamplePds home, bool isListed, IReadOnlyList<string> collections)
    {
        Repo = repo;
        Home = home;
        IsListed = isListed;
        this.collections = collections;
        Remember();
    }

    public SampleRepo Repo { get; }

    public string Did => Repo.Did;

    public SamplePds Home { get; set; }

    /// <summary>Whether runs are told of it. Of the others only the relay knows, while they are active; and whoever answers them.</summary>
    public bool IsListed { get; }

    public SoakFate Fate
    {
        get;
        set
        {
            field = value;
            // Its rows are removed, or may be, and should it come back they are read anew.
            if (IsGone || value is SoakFate.DeletedElsewhere)
                CheckedRev = null;
        }
    }

    /// <summary>
    /// Whether it has moved since the last check: a PDS at which the index has read nothing of an account is not believed that it was deleted.
    /// </summary>
    public bool HasMoved { get; set; }

    /// <summary>The rev at the last check at which the account was active: the index held all of it.</summary>
    public string? CheckedRev { get; private set; }

    /// <summary>Whether the rows are to be gone.</summary>
    public bool IsGone => Fate is SoakFate.Deleted or SoakFate.Tombstoned;

    /// <summary>The words for it in the index: one of these.</summary>
    public IReadOnlyList<string> Statuses => Fate switch
    {
        SoakFate.Active => ["active"],
        SoakFate.Deactivated => ["deactivated"],
        SoakFate.TakenDown => ["takendown"],
        SoakFate.Suspended => ["suspended"],
        SoakFate.Deleted or SoakFate.Tombstoned => ["deleted"],
        SoakFate.DeletedElsewhere => ["deleted", "notfound"],
        _ => throw new InvalidOperationException($"Fate {Fate} has no status."),
    };

    /// <summary>Its records as the index is to hold them.</summary>
    public IEnumerable<IndexedRow> Rows() => Records().Where(record => !IsBad(record.Record)).Select(record => RowOf(record.Collection, record.Record));

    /// <summary>URIs of the records that no index can hold.</summary>
    public IEnumerable<string> BadUris() => Records().Where(record => IsBad(record.Record)).Select(record => record.Record.Uri);

    /// <summary>Whether a row shows what was once so.</summary>
    public bool EverWas(IndexedRow row) => everWas.Contains(row);

    /// <summary>Whether a record could once not be indexed.</summary>
    public bool WasEverBad(string uri) => everBad.Contains(uri);

    /// <summary>The index has been found to hold what is due of it.</summary>
    public void Checked()
    {
        if (Fate is not SoakFate.Active)
            return;
        CheckedRev = Repo.Rev.Value;
        HasMoved = false;
    }

    /// <summary>Its rows have been removed by somebody else: they come back when it is read, which it may not be.</summary>
    public void Wiped() => CheckedRev = null;

    /// <summary>Notes a record that was written.</summary>
    public void Remember(string collection, SampleRecord record)
    {
        if (IsBad(record))
            everBad.Add(record.Uri);
        else
            everWas.Add(RowOf(collection, record));
    }

    /// <summary>A post without a text is no post.</summary>
    public static bool IsBad(SampleRecord record) =>
        record.Uri.Contains($"/{ForumRecords.Post}/", StringComparison.Ordinal) && record.Json.Span.IndexOf("\"text\":"u8) < 0;

    void Remember()
    {
        foreach (var (collection, record) in Records())
            Remember(collection, record);
    }

    IEnumerable<(string Collection, SampleRecord Record)> Records() =>
        from collection in collections
        from record in Repo.Records(collection)
        select (collection, record);

    IndexedRow RowOf(string collection, SampleRecord record) =>
        IndexedRow.Of(collection, Did, record.Rkey, record.Cid, Encoding.UTF8.GetString(record.Json.Span));
}
