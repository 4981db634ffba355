using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Registry;

/// <summary>Speaks the registry's token protocol by hand, where a client would hide what was granted.</summary>
internal static class RegistryTokenClient
{
    private static readonly HttpClient Http = new();

    /// <summary>Fetches a JWT, as a client does that a registry has challenged.</summary>
    public static Task<string> FetchAsync(Uri authority, IssuedToken token, params string[] scopes) =>
        FetchAsync(authority, token, "container_registry", scopes);

    /// <summary>Fetches a JWT of the dependency proxy.</summary>
    public static Task<string> FetchForDependencyProxyAsync(Uri authority, IssuedToken token) => FetchAsync(authority, token, "dependency_proxy", []);

    private static async Task<string> FetchAsync(Uri authority, IssuedToken token, string service, string[] scopes)
    {
        var query = string.Concat(scopes.Select(scope => "&scope=" + Uri.EscapeDataString(scope)));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(authority, $"/jwt/auth?service={service}{query}"));
        var credentials = Convert.ToBase64String(Encoding.UTF8.GetBytes(token.Credentials));
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", credentials);
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.GetProperty("token").GetString()!;
    }

    public static string Algorithm(string jwt) => Header(jwt, "alg");

    public static string KeyId(string jwt) => Header(jwt, "kid");

    /// <summary>What a registry says to a request with a JWT.</summary>
    public static async Task<HttpStatusCode> AskAsync(Uri registry, HttpMethod method, string path, string jwt)
    {
        using var request = new HttpRequestMessage(method, new Uri(registry, path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", jwt);
        request.Headers.Accept.ParseAdd("application/vnd.oci.image.manifest.v1+json, */*");
        using var response = await Http.SendAsync(request);
        return response.StatusCode;
    }

    private static string Header(string jwt, string name)
    {
        var header = jwt.Split('.')[0].Replace('-', '+').Replace('_', '/');
        using var document = JsonDocument.Parse(Convert.FromBase64String(header.PadRight((header.Length + 3) / 4 * 4, '=')));
        return document.RootElement.GetProperty(name).GetString()!;
    }
}
