using OrleansTokens.DeployTokens;

namespace OrleansTokens.Grains.Interfaces.Tests.DeployTokens;

public sealed class TokenPrefixesTests
{
    [Theory]
    [InlineData("gldt-")]
    [InlineData("a")]
    [InlineData("ACME_deploy-2")]
    [InlineData("12345678901234567890123456789012")]
    public void TryCreate_WithAPrefixWithinTheRule_IssuesUnderIt(string prefix)
    {
        Assert.True(TokenPrefixes.TryCreate(prefix, [], out var prefixes, out var error), error);
        Assert.Equal(prefix, prefixes.Issuing);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("123456789012345678901234567890123", "longer than 32")]
    [InlineData("gldt.", "'gldt.' may hold only")]
    [InlineData("gl dt-", "'gl dt-' may hold only")]
    [InlineData("gldté-", "'gldté-' may hold only")]
    public void TryCreate_WithAPrefixOutsideTheRule_SaysWhich(string prefix, string expected)
    {
        Assert.False(TokenPrefixes.TryCreate(prefix, [], out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);

        Assert.False(TokenPrefixes.TryCreate("gldt-", [prefix], out _, out error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryCreate_WithTooManyPrefixes_IsRefused()
    {
        string[] former = [.. Enumerable.Range(0, Limits.MaxTokenPrefixes).Select(i => $"p{i}-")];

        Assert.False(TokenPrefixes.TryCreate("gldt-", former, out _, out var error));
        Assert.Contains("9 token prefixes", error, StringComparison.Ordinal);
        Assert.True(TokenPrefixes.TryCreate(former[0], former, out _, out _), "A former prefix may repeat the issuing one.");
    }

    [Theory]
    [InlineData("gldt-", "gldt-A")]
    [InlineData("gldt-Acme-", "gldt-")]
    public void TryCreate_WithPrefixesThatCouldBeReadInTwoWays_IsRefused(string issuing, string former)
    {
        Assert.False(TokenPrefixes.TryCreate(issuing, [former], out _, out var error));
        Assert.Contains("two ways", error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryCreate_WithAPrefixThatContinuesAnother_IsAccepted() =>
        Assert.True(TokenPrefixes.TryCreate("gldt-acme-", ["gldt-"], out _, out _));
}
