using System.Globalization;

namespace Atbb.Bench.Forums;

/// <summary>How large a forum is.</summary>
/// <param name="Users">Members, with a membership each.</param>
/// <param name="Posts">Posts of each of them.</param>
sealed record ForumSize(int Users, int Posts)
{
    /// <summary>Records of the members together.</summary>
    public long Records => Users * (Posts + 1L);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Users:N0} × {Posts:N0}");
}
