using Atbb.AtProto.Identity;

namespace Atbb.AtProto.Tests.Identity;

public sealed class HandleTests
{
    [Theory]
    [InlineData("alice.example", true)]
    [InlineData("A.ISI.EDU", true)]
    [InlineData("xn--fiqa61au8b7zsevnm8ak20mc4a87e.test", true)]
    [InlineData("8.cn", true)]
    [InlineData("laptop.local", true)]
    [InlineData("", false)]
    [InlineData("alice", false)]
    [InlineData("alice.", false)]
    [InlineData(".example", false)]
    [InlineData("alice..example", false)]
    [InlineData("-alice.example", false)]
    [InlineData("alice-.example", false)]
    [InlineData("al_ice.example", false)]
    [InlineData("john.0", false)]
    [InlineData("127.0.0.1", false)]
    [InlineData("alice.example:8080", false)]
    [InlineData("alice.example/path", false)]
    [InlineData("élan.example", false)]
    public void IsValid_Text_LooksLikeAHandle(string text, bool valid) => Assert.Equal(valid, Handle.IsValid(text));

    [Theory]
    [InlineData(63, 100, false)]
    [InlineData(63, 2, true)]
    [InlineData(64, 2, false)]
    public void IsValid_Length_IsBounded(int label, int labels, bool valid) =>
        Assert.Equal(valid, Handle.IsValid(string.Join('.', Enumerable.Repeat(new string('a', label), labels))));
}
