using OrleansTokens.Grains.RegistryTokens;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

public sealed class RegistryTokenOptionsTests
{
    [Fact]
    public void Validate_OfTheDefaults_FindsNothing() => Assert.Empty(new RegistryTokenOptions().Validate());

    [Theory]
    [InlineData(60, true)]
    [InlineData(3600, true)]
    [InlineData(59, false)]
    [InlineData(3601, false)]
    [InlineData(90.5, false)]
    public void Validate_OfALifetime_KeepsToItsRange(double seconds, bool right) =>
        Assert.Equal(right, new RegistryTokenOptions { Lifetime = TimeSpan.FromSeconds(seconds) }.Validate().Count == 0);

    [Fact]
    public void Validate_WhenEverythingIsWrong_NamesEverySettingOnce()
    {
        var options = new RegistryTokenOptions { Issuer = "", Service = "a b", Algorithm = (SigningAlgorithm)7, Lifetime = TimeSpan.Zero };

        Assert.Equal(["Issuer", "Service", "Algorithm", "Lifetime"], options.Validate().Select(static f => f.Setting));
    }
}
