using Atbb.AtProto.Xrpc;

namespace Atbb.AtProto.Tests.Xrpc;

public sealed class ForeignTextTests
{
    [Theory]
    [InlineData("Could not find repo: did:plc:x", "Could not find repo: did:plc:x")]
    [InlineData("Grüße, 世界 🌍", "Grüße, 世界 🌍")]
    [InlineData("a\r\nfail: forged line", "a\uFFFD\uFFFDfail: forged line")]
    [InlineData("\u001b[2J", "\uFFFD[2J")]
    [InlineData("a\u0000b\u0085c", "a\uFFFDb\uFFFDc")]
    [InlineData("\u202egnp.exe\u2066", "\uFFFDgnp.exe\uFFFD")]
    [InlineData("a\u2028b", "a\uFFFDb")]
    public void Shown_WhatCouldDeceive_IsReplaced(string text, string shown) => Assert.Equal(shown, ForeignText.Shown(text));

    [Fact]
    public void Shown_LongText_IsCut() => Assert.Equal(new string('x', 1_000) + "…", ForeignText.Shown(new string('x', 1_000_000)));

    [Fact]
    public void Shown_CutInTheMiddleOfAPair_HasNoHalfOfIt() =>
        Assert.Equal(new string('x', 999) + "\uFFFD…", ForeignText.Shown(new string('x', 999) + "🌍🌍"));
}
