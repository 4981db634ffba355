using Microsoft.Extensions.Configuration;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Silo.Hosting;

namespace OrleansTokens.Silo.Tests.Hosting;

public sealed class GridSettingsTests
{
    private const string Key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    [Fact]
    public void Read_WhenNothingIsSet_HasDefaults()
    {
        var settings = Accept();
        Assert.Equal(Path.GetFullPath("data"), settings.DataDirectory);
        Assert.Null(settings.AdminToken);
        Assert.Null(settings.MasterKeys);
        Assert.Equal("gldt-", settings.Tokens.Prefixes.Issuing);
        Assert.Equal(("gitlab-issuer", "container_registry"), (settings.Jwt.Issuer, settings.Jwt.Service));
        Assert.Equal((SigningAlgorithm.Es256, TimeSpan.FromMinutes(5)), (settings.Jwt.Algorithm, settings.Jwt.Lifetime));
        Assert.Equal((0, 0), (settings.SiloPort, settings.GatewayPort));
        Assert.Equal(SwitchedOff.Nothing, settings.Validation.SwitchedOff);
        Assert.Empty(settings.TrustedProxies);
        Assert.Equal((null, 10_000), (settings.ExternalUrl, settings.MaxConnections));
    }

    [Fact]
    public void Read_WhenEverythingIsSet_TakesIt()
    {
        var settings = Accept(
            ("DataDirectory", "/var/lib/grid"),
            ("AdminToken", "an-operator-token-from-outside"),
            ("MasterKeys:0", Key),
            ("Tokens:Prefix", "acme-gldt-"),
            ("Tokens:FormerPrefixes:0", "gldt-"),
            ("Tokens:Region", "7"),
            ("Jwt:Issuer", "omnibus"),
            ("Jwt:Service", "registry"),
            ("Jwt:Algorithm", "rs256"),
            ("Jwt:Lifetime", "00:15:00"),
            ("Registry:Enabled", "false"),
            ("DependencyProxy:Enabled", "False"),
            ("Http:TrustedProxies:0", "127.0.0.1"),
            ("Http:TrustedProxies:1", "fd00::/8"),
            ("SiloPort", "11111"),
            ("GatewayPort", "30000"),
            ("ExternalUrl", "https://tokens.example"),
            ("Http:MaxConnections", "50"));
        Assert.Equal(["127.0.0.1/32", "fd00::/8"], settings.TrustedProxies.Select(static p => p.ToString()));
        Assert.Equal("/var/lib/grid", settings.DataDirectory);
        Assert.Equal("an-operator-token-from-outside", settings.AdminToken?.Reveal());
        Assert.Single(settings.MasterKeys!.Keys);
        Assert.Equal(("acme-gldt-", (byte)7), (settings.Tokens.Prefixes.Issuing, settings.Tokens.Region));
        Assert.Equal(["gldt-"], settings.Tokens.Prefixes.Former);
        Assert.Equal((SigningAlgorithm.Rs256, TimeSpan.FromMinutes(15)), (settings.Jwt.Algorithm, settings.Jwt.Lifetime));
        Assert.Equal((11111, 30000), (settings.SiloPort, settings.GatewayPort));
        Assert.Equal(SwitchedOff.ContainerRegistry | SwitchedOff.DependencyProxy, settings.Validation.SwitchedOff);
        Assert.Equal(("https://tokens.example", 50), (settings.ExternalUrl, settings.MaxConnections));
    }

    [Fact]
    public void Oidc_WhenItIsSet_IsTaken()
    {
        Assert.Null(Accept().Oidc);
        var few = Accept(("Oidc:Issuer", "https://id.example/realm"), ("Oidc:Audience", "a")).Oidc!;
        Assert.Equal(("preferred_username", null, false), (few.UsernameClaim, few.AdministratorClaim, few.CreateOperators));
        var all = Accept(
            ("Oidc:Issuer", "http://127.0.0.1:5000"), ("Oidc:Audience", "a"), ("Oidc:UsernameClaim", "sub"),
            ("Oidc:AdministratorClaim", "groups"), ("Oidc:AdministratorValue", "admins"), ("Oidc:CreateOperators", "true")).Oidc!;
        Assert.Equal(("sub", "groups", "admins", true), (all.UsernameClaim, all.AdministratorClaim, all.AdministratorValue, all.CreateOperators));
    }

    [Theory]
    [InlineData("Oidc:Issuer must be", "Oidc:Issuer=http://id.example", "Oidc:Audience=a")]
    [InlineData("Oidc:Issuer must be", "Oidc:Issuer=id.example", "Oidc:Audience=a")]
    [InlineData("Oidc:Issuer must be", "Oidc:Issuer=https://id.example?x=1", "Oidc:Audience=a")]
    [InlineData("Oidc:Audience is missing", "Oidc:Issuer=https://id.example")]
    [InlineData("Oidc:Issuer is missing", "Oidc:Audience=a")]
    [InlineData("Oidc:AdministratorClaim and", "Oidc:Issuer=https://id.example", "Oidc:Audience=a", "Oidc:AdministratorClaim=groups")]
    [InlineData("Oidc:CreateOperators must be", "Oidc:Issuer=https://id.example", "Oidc:Audience=a", "Oidc:CreateOperators=maybe")]
    public void Oidc_WhenItCannotBe_IsReportedByName(string expected, params string[] settings)
    {
        var faults = Refuse([.. settings.Select(static s => (s.Split('=', 2)[0], s.Split('=', 2)[1]))]);

        Assert.StartsWith("Grid:" + expected, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhenManySettingsCannotBe_ReportsAllOfThemByName()
    {
        var faults = Refuse(
            ("AdminToken", "short"),
            ("MasterKeys:0", "not a key"),
            ("Tokens:Prefix", "with space"),
            ("Tokens:Region", "256"),
            ("Jwt:Issuer", "two words"),
            ("Jwt:Algorithm", "HS256"),
            ("Jwt:Lifetime", "00:00:01"),
            ("Jwt:Service", "dependency_proxy"),
            ("Registry:Enabled", "off"),
            ("DependencyProxy:Enabled", "1"),
            ("Http:TrustedProxies:1", "proxy.example"),
            ("SiloPort", "-1"),
            ("GatewayPort", "many"),
            ("ExternalUrl", "tokens.example"),
            ("Http:MaxConnections", "0"),
            ("DataDir", "misspelt"));
        string[] names =
        [
            "Grid:AdminToken", "Grid:MasterKeys:0", "Grid:Tokens:Prefix", "Grid:Tokens:Region", "Grid:Jwt:Issuer", "Grid:Jwt:Algorithm",
            "Grid:Jwt:Lifetime", "Grid:Jwt:Service", "Grid:Registry:Enabled", "Grid:DependencyProxy:Enabled", "Grid:Http:TrustedProxies:1",
            "Grid:SiloPort", "Grid:GatewayPort", "Grid:ExternalUrl", "Grid:Http:MaxConnections", "Grid:DataDir ",
        ];
        Assert.All(names, name => Assert.Contains(faults, fault => fault.StartsWith(name, StringComparison.Ordinal)));
    }

    [Fact]
    public void Read_WhenAValueCannotBe_DoesNotRepeatSecrets()
    {
        var faults = Refuse(("AdminToken", "hunter2"), ("MasterKeys:0", "swordfish"));
        Assert.DoesNotContain(faults, static fault => fault.Contains("hunter2", StringComparison.Ordinal));
        Assert.DoesNotContain(faults, static fault => fault.Contains("swordfish", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("https://tokens.example", "https://tokens.example")]
    [InlineData("HTTPS://Tokens.Example:443/", "https://tokens.example")]
    [InlineData("http://tokens.example:8080/grid/", "http://tokens.example:8080/grid")]
    [InlineData("https://[::1]:8443/a%2Fb/c d", "https://[::1]:8443/a%2Fb/c%20d")]
    [InlineData("https://münze.example", "https://xn--mnze-0ra.example")]
    public void Read_WhenTheExternalUrlIsAbsolute_TakesItWithoutASlashAtTheEnd(string text, string expected) =>
        Assert.Equal(expected, Accept(("ExternalUrl", text)).ExternalUrl);

    [Theory]
    [InlineData("tokens.example")]
    [InlineData("/grid")]
    [InlineData("//tokens.example")]
    [InlineData("ftp://tokens.example")]
    [InlineData("https://")]
    [InlineData("https://tokens.example/?")]
    [InlineData("https://tokens.example/?a=1")]
    [InlineData("https://tokens.example/#a")]
    [InlineData("https://ann:swordfish@tokens.example")]
    [InlineData("https://tokens.example\\grid")]
    public void Read_WhenTheExternalUrlIsNoBaseOfUrls_RefusesWithoutRepeatingIt(string text)
    {
        var fault = Assert.Single(Refuse(("ExternalUrl", text)));
        Assert.StartsWith("Grid:ExternalUrl must be", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("swordfish", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhenBothPortsAreTheSame_Refuses() =>
        Assert.Contains("Grid:GatewayPort", Assert.Single(Refuse(("SiloPort", "5000"), ("GatewayPort", "5000"))), StringComparison.Ordinal);

    [Fact]
    public void Read_WhenTheDataDirectoryIsAFile_Refuses()
    {
        var file = Path.GetTempFileName();
        try
        {
            Assert.Contains("Grid:DataDirectory", Assert.Single(Refuse(("DataDirectory", file))), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static GridSettings Accept(params (string Key, string Value)[] values)
    {
        Assert.True(GridSettings.TryRead(Configure(values), out var settings, out var faults), string.Join('\n', faults));
        return settings;
    }

    private static IReadOnlyList<string> Refuse(params (string Key, string Value)[] values)
    {
        Assert.False(GridSettings.TryRead(Configure(values), out _, out var faults));
        return faults;
    }

    private static IConfigurationRoot Configure((string Key, string Value)[] values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(static v => KeyValuePair.Create("Grid:" + v.Key, (string?)v.Value)))
        .Build();
}
