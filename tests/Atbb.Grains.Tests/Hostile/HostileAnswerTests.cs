using Atbb.Grains.Interfaces.Runs;

namespace Atbb.Grains.Tests.Hostile;

/// <summary>What strangers' servers may answer, through the real client and the real grains into the index.</summary>
public class HostileAnswerTests(HostileForum forum) : IClassFixture<HostileForum>
{
    public static TheoryData<string> Names => [.. HostileForum.Answers.Select(answer => answer.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Sync_HostileAnswer_HasTheOutcomeDue(string name)
    {
        var due = HostileForum.Answers.Single(answer => answer.Name == name);
        var account = forum[name];

        Assert.Equal((due.ErrorKind, due.Status), (string.Join(' ', account.Errors.Select(error => error.Kind)) is { Length: > 0 } kinds ? kinds : null, account.Status));
        Assert.Equal(account.Due(due.Rows).Order(), account.Indexed.Order());
        Assert.All(account.Errors, error => Assert.Contains(due.Says, error.Message, StringComparison.Ordinal));
        Assert.All(account.Errors, error => Assert.DoesNotContain(error.Message, IsDeceptive));
        Assert.True(account.Handle is null || account.Handle == account.Repo.Handle, account.Handle);
    }

    [Fact]
    public void Sync_HostileAnswers_EndTheRunAndHarmNobodyElse()
    {
        Assert.Equal(RunStatus.Completed, forum.Run.Status);
        Assert.Equal(HostileForum.Answers.Count(answer => answer.ErrorKind is not null), forum.Run.Counts.Failed);
        Assert.All(forum.HonestAccounts, account =>
        {
            Assert.Empty(account.Errors);
            Assert.Equal(account.Due(IndexedRows.True).Order(), account.Indexed.Order());
        });
    }

    static bool IsDeceptive(char c) => char.IsControl(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Format;
}
