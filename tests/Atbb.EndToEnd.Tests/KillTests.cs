using Atbb.EndToEnd.Tests.Processes;
using Atbb.EndToEnd.Tests.Truth;
using Atbb.Indexing.Databases;
using Atbb.Sample;

namespace Atbb.EndToEnd.Tests;

/// <summary>
/// <c>kill -9</c> of the real executable, in each phase of each type on each database, at moments left to chance and with the phase's last page,
/// when the next phase begins or the run ends. Afterwards the index equals the repositories, nothing is counted twice, and the server was asked for at most one page of records again per repository in flight.
/// </summary>
public sealed class KillTests
{
    const int Concurrency = 4;
    const string Full = "full_sync";
    const string CatchUp = "catch_up";
    const string Forum = "forum";
    const string Users = "users";

    static CancellationToken Ends => TestContext.Current.CancellationToken;

    /// <summary>Each database, type and phase where the service goes on by itself; half of them where the command is given again: every two of the three come together.</summary>
    public static TheoryData<DatabaseKind, string, string> Cases(bool served)
    {
        var cases = new TheoryData<DatabaseKind, string, string>();
        foreach (var kind in new[] { DatabaseKind.Sqlite, DatabaseKind.PostgreSql })
            foreach (var type in new[] { Full, CatchUp })
                foreach (var phase in new[] { Forum, Users })
                    if (served || !((kind == DatabaseKind.Sqlite) ^ (type == Full) ^ (phase == Forum)))
                        cases.Add(kind, type, phase);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases), false)]
    public async Task Backfill_KilledAndGivenAgain_CompletesExactly(DatabaseKind kind, string type, string phase)
    {
        await using var it = await KillCase.CreateAsync($"backfill {kind} {type} {phase}", kind, type, phase);
        foreach (var moment in it.Moments)
        {
            await using var atbb = it.Begun(it.Forum.Site.Backfill(type, it.Forum.Dids));
            await it.KillAtAsync(atbb, moment);
        }

        await using var last = it.Begun(it.Forum.Site.Backfill(type, it.Forum.Dids));
        var code = await last.ExitAsync();

        Assert.True(code == 0, $"{it}\n{last}");
        await it.AssertExactAsync(last.Figures() is { Resumed: false } after ? await it.EndedBeforeAsync(after, last) : last.Figures(), last);
    }

    [Theory]
    [MemberData(nameof(Cases), true)]
    public async Task Serve_KilledAndStartedAgain_CompletesExactlyWithoutBeingAsked(DatabaseKind kind, string type, string phase)
    {
        await using var it = await KillCase.CreateAsync($"serve {kind} {type} {phase}", kind, type, phase);
        using var admin = new AdminClient(it.Forum.Site.AdminPort);
        long? runId = null;
        foreach (var moment in it.Moments)
        {
            await using var atbb = it.Begun(it.Forum.Site.Serve());
            await it.KillAtAsync(atbb, moment, async () =>
            {
                if (runId is not null)
                    return;
                await admin.ReadyAsync(atbb);
                runId = await admin.MustStartAsync(type, [.. type is "full_sync" ? it.Forum.Dids : []]);
            });
        }

        await using var last = it.Begun(it.Forum.Site.Serve());
        var run = await admin.CompletedAsync(last);

        Assert.Equal(runId, run.RunId);
        await it.AssertExactAsync(run, last);
    }

    /// <summary>One line of the table: what is there before the run, when it is killed, and what there must be after it.</summary>
    sealed class KillCase : IAsyncDisposable
    {
        readonly List<DateTimeOffset> starts = [];
        readonly string text;
        readonly ForumSnapshot? before;
        readonly IReadOnlyList<string> collections;
        readonly IReadOnlyList<SampleRepo> repos;

        KillCase(string text, ForumCase forum, ForumSnapshot? before, IReadOnlyList<string> collections, IReadOnlyList<SampleRepo> repos, KillMoment[] moments)
        {
            this.text = text;
            Forum = forum;
            this.before = before;
            this.collections = collections;
            this.repos = repos;
            Moments = moments;
        }

        public ForumCase Forum { get; }

        public KillMoment[] Moments { get; }

        public static async Task<KillCase> CreateAsync(string name, DatabaseKind kind, string type, string phase)
        {
            var random = Chance.For(name);
            // A checkpoint now and then, or with nearly every page.
            var checkpoint = random.Next(4) == 0 ? "00:00:01" : "00:00:00.05";
            var forum = await ForumCase.CreateAsync(kind, ForumCase.Size with { Seed = random.Next() },
                $"Backfill:Concurrency={Concurrency}", $"Backfill:CheckpointInterval={checkpoint}");
            ForumSnapshot? before = null;
            if (type == CatchUp)
            {
                await forum.FillAsync();
                before = ForumSnapshot.Of(forum.Forum);
                ForumEdits.Make(forum.Forum, random);
                forum.Pds.Log.Clear();
            }

            forum.Pds.Latency = TimeSpan.FromMilliseconds(random.Next(2, 15));
            // The first in order is the last to be settled: checkpoints then stand below many repositories that are settled.
            var (slow, late) = (forum.Dids.Min(StringComparer.Ordinal), PdsFault.Late(TimeSpan.FromMilliseconds(150)));
            forum.Pds.Fault = request => request.IsListing && request.Did == slow ? late : null;
            var collections = phase == KillTests.Forum ? PageListing.ForumCollections : PageListing.UserCollections;
            IEnumerable<SampleRepo> all = phase == KillTests.Forum ? [forum.Forum.Forum] : forum.Forum.Repos;
            var repos = all.Where(repo => before is null || before.Revs[repo.Did] != repo.Rev.Value).ToList();
            var pages = repos.Sum(repo => PageListing.PagesOf(repo, collections));
            var moments = KillMoment.Draw(random, pages);
            var text = $"{name}: killed with {string.Join(", then ", moments)}, of {pages} pages; checkpoint every {checkpoint}, latency {forum.Pds.Latency}; ATBB_TEST_SEED={Chance.Seed}";
            Chance.Say(text);
            return new KillCase(text, forum, before, collections, repos, moments);
        }

        /// <summary>Notes a process that works on the run.</summary>
        public AtbbProcess Begun(AtbbProcess process)
        {
            starts.Add(process.StartedAt);
            return process;
        }

        /// <summary>Waits for the moment, and kills.</summary>
        /// <param name="process">Whom.</param>
        /// <param name="moment">When.</param>
        /// <param name="ask">What makes it work, if it does not do so by itself.</param>
        public async Task KillAtAsync(AtbbProcess process, KillMoment moment, Func<Task>? ask = null)
        {
            var comes = moment.ComesAsync(Forum.Pds.Log, collections, repos, Ends);
            // One more may be on its way. The others are left for the moments after this one, however long the machine takes to kill; and a last page that is to be
            // asked for only is not answered, with which the run would be over.
            using var held = moment switch
            {
                { Page: { } page } => HeldPages.After(Forum.Pds, page + 1, collections),
                { Answered: false } => HeldPages.Where(Forum.Pds, KillMoment.LastPage(Forum.Pds.Log.Snapshot(), collections, repos)),
                _ => null,
            };
            if (ask is not null)
                await ask();
            await Task.WhenAny(comes, process.Ended).WaitAsync(AtbbProcess.Patience, Ends);
            Assert.True(comes.IsCompletedSuccessfully, $"It ended before it was to be killed.\n{this}\n{process}");
            await process.KillAsync();
        }

        /// <summary>The run that had come to its end when its process was killed, so that the same command began another one, which found nothing to do.</summary>
        public async Task<RunFigures> EndedBeforeAsync(RunFigures after, AtbbProcess last)
        {
            Assert.True(Moments[^1].Answered && collections == PageListing.UserCollections, $"It began another run instead of going on.\n{this}\n{last}");
            Assert.True(after.Counts == default, $"It read again what a run had read to its end.\n{this}\n{last}");
            await using var atbb = Forum.Site.Serve();
            using var admin = new AdminClient(Forum.Site.AdminPort);
            await admin.ReadyAsync(atbb);
            var runs = await admin.RunsAsync();
            Assert.Equal(after.RunId, runs[0].RunId);
            return runs[1];
        }

        public async Task AssertExactAsync(RunFigures run, AtbbProcess last)
        {
            await Forum.AssertIndexAsync(run, before, $"{this}\n{last}");

            var differences = new Differences();
            var lives = ProcessLife.Of(Forum.Pds.Log.Snapshot(), starts);
            ProcessLife.CompareRepeats(lives, Concurrency, did => Forum.Forum.Repos.Single(repo => repo.Did == did), differences);
            if (before is not null)
            {
                var untouched = before.Revs.Where(repo => Forum.Forum.Repos.Single(r => r.Did == repo.Key).Rev.Value == repo.Value).Select(repo => repo.Key).ToHashSet();
                foreach (var page in lives.SelectMany(life => life.Pages).Where(page => untouched.Contains(page.Did!)))
                    differences.Add($"read although it has not changed: {page}");
            }

            differences.AssertNone($"{this}\n{last}");
        }

        public override string ToString() => text;

        public ValueTask DisposeAsync() => Forum.DisposeAsync();
    }
}
