using Atbb.AtProto.Syntax;

namespace Atbb.AtProto.Tests.Syntax;

public sealed class CidTests
{
    [Theory]
    [InlineData("bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2a")]
    [InlineData("bafyreiclp443lavogvhj3d2ob2cxbfuscni2k5jk7bebjzg7khl3esabwq")]
    [InlineData("bafkreiccldh766hwcnuxnf2wh6jgzepf2nlu2lvcllt63eww5p6chi4ity")]
    public void TryParse_Valid_Accepts(string text) => Assert.True(Cid.TryParse(text, out var cid) && cid.Value == text);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("QmbWqxBEKC3P8tqsKc98xmWNzrzDtRLMiMPL8wBuTGsMnR")] // CID v0
    [InlineData("bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi")] // dag-pb
    [InlineData("BAFYREIDFAYVFUWQA7QLNOPDJIQRXZS6BLMOEU4RUJCJTNCI5BELUDIRZ2A")] // upper case
    [InlineData("bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2")] // short
    [InlineData("bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2aa")] // long
    [InlineData("bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludirz2b")] // bits after the end
    [InlineData("bafyreidfayvfuwqa7qlnopdjiqrxzs6blmoeu4rujcjtnci5beludir12a")] // not base32
    [InlineData("zdpuAyvkgEDQm9TenwGkd5eNaosSxjgEYd8QatfPetgB1CdEZ")] // base58
    [InlineData("bafyrei")]
    public void TryParse_Invalid_Refuses(string? text) => Assert.False(Cid.TryParse(text, out _));
}
