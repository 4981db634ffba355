using System.Text;

namespace OrleansTokens.Benchmarks;

/// <summary>The requests that are sent, as they go over the wire.</summary>
internal static class Requests
{
    /// <summary>A proxy asks whether git may fetch.</summary>
    public static string ForwardAuth(SeededToken token) =>
        $"GET /forward-auth HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {Basic(token.Username, token.Secret)}\r\n"
        + $"X-Original-URI: /{token.Project}.git/info/refs?service=git-upload-pack\r\nX-Original-Method: GET\r\n\r\n";

    /// <summary>A registry's client asks for a JWT to pull and push.</summary>
    public static string JwtAuth(SeededToken token) =>
        $"GET /jwt/auth?service=container_registry&scope=repository:{token.Project}:pull,push HTTP/1.1\r\nHost: localhost\r\n"
        + $"Authorization: Basic {Basic(token.Username, token.Secret)}\r\n\r\n";

    /// <summary>Just this address.</summary>
    public static string Get(string path) => $"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n";

    /// <summary>RFC 7662.</summary>
    public static string Introspection(string path, string client, string token) => Post(
        path, $"Authorization: Basic {Basic(client, Server.ClientSecret)}", "application/x-www-form-urlencoded", "token=" + Uri.EscapeDataString(token));

    /// <summary>An operator changes something.</summary>
    public static string Administer(string path, string json) => Post(path, "PRIVATE-TOKEN: " + Server.OperatorToken, "application/json", json);

    private static string Post(string path, string credential, string type, string body) =>
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\n{credential}\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static string Basic(string username, string secret) => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{secret}"));
}
