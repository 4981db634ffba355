using System.Net;
using CsCheck;
using OrleansTokens.Settings;

namespace OrleansTokens.Grains.Interfaces.Tests.Settings;

public sealed class AddressRangeTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8")]
    [InlineData("10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("10.1.2.3", "10.1.2.3/32")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("::1", "::1/128")]
    [InlineData("FD00:1::5/16", "fd00::/16")]
    [InlineData("::ffff:10.0.0.1", "10.0.0.1/32")]
    [InlineData("::ffff:10.0.0.1/104", "10.0.0.0/8")]
    public void TryParse_OfARange_GivesItsShortestForm(string text, string canonical)
    {
        Assert.True(AddressRange.TryParse(text, out var range));
        Assert.Equal(canonical, range.ToString());
        Assert.True(AddressRange.TryParse(canonical, out var again));
        Assert.Equal(range, again);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/8")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/-1")]
    [InlineData("10.0.0.0/+8")]
    [InlineData("10.0.0.0/8/8")]
    [InlineData("::/129")]
    [InlineData("10.1")]
    [InlineData("010.0.0.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("167772161")]
    [InlineData(" 10.0.0.1")]
    [InlineData("10.0.0.1:80")]
    [InlineData("[::1]")]
    [InlineData("fe80::1%eth0")]
    [InlineData("::ffff:0:0/95")]
    [InlineData("example.com")]
    public void TryParse_OfAnythingElse_Refuses(string? text)
    {
        Assert.False(AddressRange.TryParse(text, out var range));
        Assert.Equal(default, range);
        Assert.Equal("", range.ToString());
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.255.0.1", true)]
    [InlineData("10.0.0.0/8", "11.0.0.0", false)]
    [InlineData("10.0.0.0/8", "::ffff:10.9.9.9", true)]
    [InlineData("10.0.0.0/31", "10.0.0.1", true)]
    [InlineData("10.0.0.0/31", "10.0.0.2", false)]
    [InlineData("0.0.0.0/0", "::1", false)]
    [InlineData("::/0", "10.0.0.1", false)]
    [InlineData("fd00::/8", "fdff::1", true)]
    [InlineData("fd00::/8", "fe00::1", false)]
    public void Contains_OfAnAddress_GoesByFamilyAndLeadingBits(string range, string address, bool contained)
    {
        Assert.True(AddressRange.TryParse(range, out var parsed));
        Assert.Equal(contained, parsed.Contains(IPAddress.Parse(address)));
    }

    [Fact]
    public void Contains_OfNoRange_IsNothing() => Assert.False(default(AddressRange).Contains(IPAddress.Loopback));

    [Fact]
    public void Contains_OfAnyRange_AgreesWithTheFramework() => Gen.Select(Gen.Byte.Array[4], Gen.Byte.Array[4], Gen.Int[0, 32]).Sample((first, second, length) =>
    {
        var (a, b) = (new IPAddress(first), new IPAddress(second));
        Assert.True(AddressRange.TryParse($"{a}/{length}", out var range));
        var network = IPNetwork.Parse(range.ToString());
        Assert.True(range.Contains(a));
        Assert.Equal(network.Contains(b), range.Contains(b));
    });
}
