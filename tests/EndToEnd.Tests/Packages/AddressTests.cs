using System.Net;
using System.Net.Http.Headers;
using System.Text;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>The addresses that GitLab documents for package managers that do not run here, with the credential as each of them sends it.</summary>
[Collection(PackagesCollection.Name)]
public sealed class AddressTests(PackagesFixture fixture)
{
    private const string Basic = "Basic";
    private const string Bearer = "Bearer";
    private const string Header = "Deploy-Token";
    private const string Raw = "Authorization without a scheme";

    private static readonly HttpClient Http = new();

    public static TheoryData<string, string, string> Reads => new()
    {
        { "projects/{app}/packages/helm/stable/index.yaml", Basic, "GET" },
        { "projects/{app}/packages/helm/stable/charts/app-1.0.0.tgz", Basic, "GET" },
        { "projects/{app}/packages/generic/library/1.0/file", Bearer, "HEAD" },
        { "projects/{app}/packages/conan/v1/users/authenticate", Basic, "GET" },
        { "projects/{app}/packages/rubygems/specs.4.8.gz", Raw, "GET" },
        { "projects/{app}/packages/debian/dists/bookworm/Release", Basic, "GET" },
        { "projects/{app}/packages/composer/archives/acme/library", Header, "GET" },
        { "group/{group}/-/packages/composer/packages.json", Basic, "GET" },
        { "groups/{group}/-/packages/debian/dists/bookworm/Release", Basic, "GET" },
        { "groups/{group}/-/packages/npm/@acme%2flibrary", Bearer, "GET" },
        { "packages/npm/@acme%2Flibrary", Bearer, "GET" },
        { "packages/maven/acme/platform/app/1.0/app-1.0.pom", Header, "GET" },
        { "packages/terraform/modules/v1/acme/app/local/versions", Bearer, "GET" },
    };

    public static TheoryData<string, string, string> Writes => new()
    {
        { "projects/{app}/packages/helm/api/stable/charts", Basic, "POST" },
        { "projects/{app}/packages/generic/library/1.0/other", Header, "DELETE" },
        { "projects/{app}/packages/rubygems/api/v1/gems", Raw, "POST" },
        { "projects/{app}/packages/debian/app_1.0_amd64.deb", Basic, "PUT" },
        { "projects/{app}/packages/composer", Header, "POST" },
        { "projects/{app}/packages/terraform/modules/app/local/1.0.0/file", Header, "PUT" },
    };

    public static TheoryData<string> Closed =>
    [
        "projects/{app}",
        "projects/{app}/packages",
        "projects/{app}/packages/go/example.com/app/@v/list",
        "projects/{app}/deploy_tokens",
        "packages/generic/library/1.0/file",
        "packages/terraform/modules/v1/acme",
    ];

    [Theory]
    [MemberData(nameof(Reads))]
    public async Task Address_WhenTokenReads_IsOpenToThatTokenOnly(string address, string place, string method)
    {
        var token = await fixture.Admin.IssueForGroupAsync(fixture.Group, "read_package_registry");
        var other = await fixture.Admin.IssueForProjectAsync(fixture.Other, "write_package_registry");
        Assert.True(await ReachesAsync(method, address, place, token));
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAsync(method, address, place, null));
        Assert.Equal(HttpStatusCode.NotFound, await RefusedAsync(method, address, place, other));
    }

    [Theory]
    [MemberData(nameof(Writes))]
    public async Task Address_WhenTokenWrites_IsOpenToThatTokenOnly(string address, string place, string method)
    {
        var token = await fixture.Admin.IssueForProjectAsync(fixture.App, "write_package_registry");
        var reads = await fixture.Admin.IssueForProjectAsync(fixture.App, "read_package_registry");
        Assert.True(await ReachesAsync(method, address, place, token));
        Assert.Equal(HttpStatusCode.Forbidden, await RefusedAsync(method, address, place, reads));
        await fixture.Admin.RevokeAsync(token);
        Assert.Equal(HttpStatusCode.Unauthorized, await RefusedAsync(method, address, place, token));
    }

    [Theory]
    [MemberData(nameof(Closed))]
    public async Task Address_WhenItIsNoRegistrys_IsClosedToDeployTokens(string address)
    {
        var token = await fixture.Admin.IssueForGroupAsync(
            fixture.Group, "read_package_registry", "write_package_registry", "read_repository", "read_registry", "write_registry");
        Assert.True(await RefusedAsync("GET", address, Header, token) is HttpStatusCode.Forbidden or HttpStatusCode.NotFound);
    }

    private async Task<bool> ReachesAsync(string method, string address, string place, IssuedToken token)
    {
        var before = fixture.Store.Requests.Count;
        using var response = await SendAsync(method, address, place, token);
        Assert.NotEqual(HttpStatusCode.InternalServerError, response.StatusCode);
        var reached = fixture.Store.Requests.Skip(before).ToList();
        return reached is [var request] && request.EndsWith(token.Username, StringComparison.Ordinal);
    }

    /// <summary>What the client is told; nothing of it may have reached the package server.</summary>
    private async Task<HttpStatusCode> RefusedAsync(string method, string address, string place, IssuedToken? token)
    {
        var before = fixture.Store.Requests.Count;
        using var response = await SendAsync(method, address, place, token);
        Assert.Equal(before, fixture.Store.Requests.Count);
        Assert.Equal(response.StatusCode == HttpStatusCode.Unauthorized, response.Headers.WwwAuthenticate.Count == 1);
        return response.StatusCode;
    }

    private Task<HttpResponseMessage> SendAsync(string method, string address, string place, IssuedToken? token)
    {
        var path = address.Replace("{app}", $"{fixture.App}", StringComparison.Ordinal)
            .Replace("{group}", $"{fixture.Group}", StringComparison.Ordinal);
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(fixture.Proxy, "/api/v4/" + path));
        if (token is not null)
        {
            Authenticate(request.Headers, place, token);
        }

        return Http.SendAsync(request);
    }

    private static void Authenticate(HttpRequestHeaders headers, string place, IssuedToken token)
    {
        switch (place)
        {
            case Basic:
                var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(token.Credentials));
                headers.Authorization = new AuthenticationHeaderValue(Basic, credentials);
                break;
            case Bearer:
                headers.Authorization = new AuthenticationHeaderValue(Bearer, token.Secret);
                break;
            case Header:
                headers.Add(Header, token.Secret);
                break;
            default:
                Assert.True(headers.TryAddWithoutValidation("Authorization", token.Secret));
                break;
        }
    }
}
