using System.Reflection;
using Atbb.Indexing.Collections;

namespace Atbb.Silo.Tests.Commands;

/// <summary>Every kind of failure is in the one list that completion offers, has a next step, and is told in the documents.</summary>
public class FailureKindsTests
{
    public static TheoryData<string> Kinds => [.. FailureKinds.All];

    [Fact]
    public void All_HasEveryKindOnceAndInOrder()
    {
        var kinds = typeof(FailureKinds).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(kinds.Order(StringComparer.Ordinal), FailureKinds.All);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Kind_HasANextStepAndIsTold(string kind)
    {
        Assert.EndsWith(".", FailureKinds.NextStep(kind), StringComparison.Ordinal);
        Assert.Contains($"`{kind}`", File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "operate.md")), StringComparison.Ordinal);
    }
}
