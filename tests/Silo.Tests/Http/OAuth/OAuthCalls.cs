using System.Net.Http.Headers;
using System.Text;
using OrleansTokens.Silo.Tests.Http.GitLabApi;

namespace OrleansTokens.Silo.Tests.Http.OAuth;

/// <summary>Requests to the OAuth endpoints, and the clients that the tests' host knows.</summary>
internal static class OAuthCalls
{
    public const string Gateway = "gateway-1";

    /// <summary>With characters that mean something else when they are decoded without having been encoded.</summary>
    public const string Secret = "gateways-secret+100%:2D";

    public const string Asker = "asker";
    public const string Revoker = "revoker";
    public const string OtherSecret = "a-secret-of-two-other-clients";

    public static IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Grid:OAuth:Clients:0:Id"] = Gateway,
        ["Grid:OAuth:Clients:0:Secret"] = Secret,
        ["Grid:OAuth:Clients:1:Id"] = Asker,
        ["Grid:OAuth:Clients:1:Secret"] = OtherSecret,
        ["Grid:OAuth:Clients:1:May:0"] = "introspect",
        ["Grid:OAuth:Clients:2:Id"] = Revoker,
        ["Grid:OAuth:Clients:2:Secret"] = OtherSecret,
        ["Grid:OAuth:Clients:2:May"] = "revoke",
    };

    /// <summary>Basic, with both parts encoded as RFC 6749 asks, and more than it asks, as oauth4webapi does.</summary>
    public static string Encoded(string id, string secret) => Raw(Escape(id), Escape(secret));

    /// <summary>Basic, with both parts as they are.</summary>
    public static string Raw(string id, string secret) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}"));

    public static string Token(string token) => "token=" + Uri.EscapeDataString(token);

    public static Task<ApiAnswer> IntrospectAsync(this ApiHost host, string form) =>
        host.PostFormAsync("/oauth/introspect", Encoding.UTF8.GetBytes(form), Encoded(Gateway, Secret));

    public static Task<ApiAnswer> RevokeAsync(this ApiHost host, string form) =>
        host.PostFormAsync("/oauth/revoke", Encoding.UTF8.GetBytes(form), Encoded(Gateway, Secret));

    public static async Task<ApiAnswer> PostFormAsync(
        this ApiHost host, string path, byte[] form, string? authorization, string contentType = "application/x-www-form-urlencoded")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new ByteArrayContent(form) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        using var response = await host.Client.SendAsync(request);
        return new ApiAnswer(
            (int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers);
    }

    private static string Escape(string text) =>
        Uri.EscapeDataString(text).Replace("-", "%2D", StringComparison.Ordinal).Replace("%20", "+", StringComparison.Ordinal);
}
