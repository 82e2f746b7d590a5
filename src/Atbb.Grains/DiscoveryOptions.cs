namespace Atbb.Grains;

/// <summary>How a full sync finds repositories that nobody has named.</summary>
public sealed class DiscoveryOptions
{
    /// <summary>
    /// Origins of the relays that are asked who writes in forums, such as <c>https://relay1.us-east.bsky.network</c>. Default none: then a
    /// full sync reads who is known, listed, or named in records.
    /// </summary>
    public IList<string> Relays { get; set; } = [];

    /// <summary>The collections they are asked about. Default memberships and posts: who has neither has nothing for a forum.</summary>
    public IList<string> Collections { get; set; } = ["space.atbb.membership", "space.atbb.post"];

    /// <summary>Repositories asked for on one page of a relay's list. Default 2,000: the most there may be.</summary>
    public int PageSize { get; set; } = 2_000;

    /// <summary>
    /// How long a run waits for its relays once it has read everything it knows. Default 5 min: by then a relay has named millions, or it is in
    /// trouble. What it names later is for the next run.
    /// </summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Rounds over what a run has found on its way. Default 8: replies lead to their topics' authors, and those rarely on. The bound is for
    /// a chain of accounts that was made to have no end; what is left over is for the next run. Not counted are rounds begun while a host was waited for or
    /// something large was read, of which there are as few as doublings of 10 s in that time. 0 finds nothing.
    /// </summary>
    public int MaxRounds { get; set; } = 8;

    /// <summary>
    /// New repositories that a run takes from one relay's list of a collection, and in each round from records. Default 1,000,000: more than any
    /// forum has, and a bound for whoever makes names up, each of which costs a look-up. Where it is reached the run says so; the next one takes the next as many.
    /// </summary>
    public int MaxFound { get; set; } = 1_000_000;
}
