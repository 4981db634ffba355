using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using OrleansTokens.Silo.Hosting;
using OrleansTokens.Silo.Http.OAuth;

namespace OrleansTokens.Silo.Tests.Hosting;

/// <summary>Settings of those programs that may ask about tokens or report them.</summary>
public sealed class ReporterSettingsTests
{
    private const string Secret = "a-secret-of-a-client";

    [Fact]
    public void Read_WhenNothingIsSet_LetsNobodyIn()
    {
        var settings = Accept();
        Assert.Empty(settings.OAuth.Clients);
        Assert.False(settings.LeakReports.TakesGitHub);
        Assert.Null(settings.LeakReports.GitLabToken);
    }

    [Fact]
    public void Read_WhenEverythingIsSet_TakesIt()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var settings = Accept(
            ("OAuth:Clients:0:Id", "both"),
            ("OAuth:Clients:0:Secret", Secret),
            ("OAuth:Clients:one:Id", "https//asker"),
            ("OAuth:Clients:one:Secret", Secret),
            ("OAuth:Clients:one:May", "Introspect"),
            ("LeakReports:GitHub:PublicKeys:0:Id", "key"),
            ("LeakReports:GitHub:PublicKeys:0:Pem", key.ExportSubjectPublicKeyInfoPem()),
            ("LeakReports:GitHub:KeysUrl", "https://api.github.com/meta/public_keys/secret_scanning"),
            ("LeakReports:GitLab:Token", "Bearer of-a-shared-token"),
            ("LeakReports:GitLab:Types:0", "gitleaks_rule_id_acme"));

        Assert.Equal([OAuthRight.Introspect, OAuthRight.Revoke], settings.OAuth.Clients[0].Rights);
        Assert.Equal(("https//asker", OAuthRight.Introspect), (settings.OAuth.Clients[1].Id, Assert.Single(settings.OAuth.Clients[1].Rights)));
        Assert.Equal("key", Assert.Single(settings.LeakReports.GitHubKeys).Id);
        Assert.Equal("api.github.com", settings.LeakReports.GitHubKeysUrl?.Host);
        Assert.Equal(["gitleaks_rule_id_acme"], settings.LeakReports.GitLabTypes);
        Assert.Equal("Bearer of-a-shared-token", settings.LeakReports.GitLabToken?.Reveal());
    }

    [Theory]
    [InlineData("OAuth:Clients:0:Id", "OAuth:Clients:0:Id", "with:colon")]
    [InlineData("OAuth:Clients:0:Id", "OAuth:Clients:0:Id", "with space")]
    [InlineData("OAuth:Clients:0:Id", "OAuth:Clients:0:Id", "")]
    [InlineData("OAuth:Clients:0:Secret", "OAuth:Clients:0:Secret", "hunter2")]
    [InlineData("OAuth:Clients:0:Secret", "OAuth:Clients:0:Secret", "hunter2-with a space in it")]
    [InlineData("OAuth:Clients:0:May", "OAuth:Clients:0:May", "introspect,issue")]
    [InlineData("OAuth:Clients has more than one client with the id c", "OAuth:Clients:1:Id", "c")]
    [InlineData("OAuth:Clients:0:Secrt is not a setting", "OAuth:Clients:0:Secrt", "hunter2")]
    [InlineData("LeakReports:GitHub:KeysUrl", "LeakReports:GitHub:KeysUrl", "http://example.com/keys")]
    [InlineData("LeakReports:GitHub:KeysUrl", "LeakReports:GitHub:KeysUrl", "ftp://localhost/keys")]
    [InlineData("LeakReports:GitHub:KeysUrl", "LeakReports:GitHub:KeysUrl", "keys")]
    [InlineData("LeakReports:GitHub:PublicKeys:0", "LeakReports:GitHub:PublicKeys:0:Pem", "hunter2")]
    [InlineData("LeakReports:GitLab:Token", "LeakReports:GitLab:Token", "hunter2")]
    [InlineData("LeakReports:GitLab:Token", "LeakReports:GitLab:Token", "hunter2 hünter2 hunter2")]
    public void Read_WhenASettingCannotBe_NamesItAndDoesNotRepeatIt(string expected, string key, string value)
    {
        var values = new Dictionary<string, string?>
        {
            ["OAuth:Clients:0:Id"] = "c",
            ["OAuth:Clients:0:Secret"] = Secret,
            ["OAuth:Clients:1:Id"] = "d",
            ["OAuth:Clients:1:Secret"] = Secret,
            [key] = value,
        };
        Assert.False(GridSettings.TryRead(Configure(values), out _, out var faults));
        Assert.StartsWith("Grid:" + expected, Assert.Single(faults), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", faults[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhenThereAreTooManyClients_Refuses()
    {
        var values = Enumerable.Range(0, OAuthOptions.MaxClients + 1).SelectMany(static i => new[]
        {
            KeyValuePair.Create($"OAuth:Clients:{i}:Id", (string?)$"c{i}"), KeyValuePair.Create($"OAuth:Clients:{i}:Secret", (string?)Secret),
        });
        Assert.False(GridSettings.TryRead(Configure(values), out _, out var faults));
        Assert.Contains("at most 100", Assert.Single(faults), StringComparison.Ordinal);
    }

    private static GridSettings Accept(params (string Key, string? Value)[] values)
    {
        Assert.True(
            GridSettings.TryRead(Configure(values.Select(static v => KeyValuePair.Create(v.Key, v.Value))), out var settings, out var faults),
            string.Join('\n', faults));
        return settings;
    }

    private static IConfigurationRoot Configure(IEnumerable<KeyValuePair<string, string?>> values) => new ConfigurationBuilder()
        .AddInMemoryCollection(values.Select(static v => KeyValuePair.Create("Grid:" + v.Key, v.Value)))
        .Build();
}
