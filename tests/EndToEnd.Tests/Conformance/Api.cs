using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansTokens.EndToEnd.Tests.Conformance;

/// <summary>An answer, as a client sees it.</summary>
internal sealed record Answer(int Status, string Body, HttpResponseHeaders Headers, HttpContentHeaders Content)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public string? this[string header] =>
        Headers.TryGetValues(header, out var values) || Content.TryGetValues(header, out values) ? string.Join(", ", values) : null;
}

/// <summary>Asks over HTTP, as any client does, and follows no redirect.</summary>
internal sealed class Api(Uri address)
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private static int s_names;

    /// <summary>A name that no other test uses.</summary>
    public static string NewName(string stem = "c") => $"{stem}-{Interlocked.Increment(ref s_names)}";

    public static string Basic(string username, string password) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"));

    /// <summary>Asks the GitLab API as an operator; as the administrator unless told otherwise, as nobody where null is given.</summary>
    public Task<Answer> SendAsync(HttpMethod method, string path, object? body = null, string? token = Silo.OperatorToken) =>
        SendAsync(method, "/api/v4" + path, body is null ? null : Json(body), token is null ? [] : [("PRIVATE-TOKEN", token)]);

    public Task<Answer> GetAsync(string path, string? token = Silo.OperatorToken) => SendAsync(HttpMethod.Get, path, null, token);

    public Task<Answer> PostAsync(string path, object? body = null, string? token = Silo.OperatorToken) =>
        SendAsync(HttpMethod.Post, path, body ?? new { }, token);

    public Task<Answer> PutAsync(string path, object body, string? token = Silo.OperatorToken) => SendAsync(HttpMethod.Put, path, body, token);

    public Task<Answer> DeleteAsync(string path, string? token = Silo.OperatorToken) => SendAsync(HttpMethod.Delete, path, null, token);

    /// <summary>Asks anything of anybody.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string target, HttpContent? content, params (string Name, string Value)[] headers)
    {
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        using var request = new HttpRequestMessage(method, new Uri(address.GetLeftPart(UriPartial.Authority) + target, options));
        request.Content = content;
        foreach (var (name, value) in headers)
        {
            _ = request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await Http.SendAsync(request);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers);
    }

    /// <summary>Asks as a proxy does.</summary>
    public Task<Answer> ForwardAsync(string method, string uri, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Get, "/forward-auth", null, [("X-Original-URI", uri), ("X-Original-Method", method), .. headers]);

    /// <summary>Asks for a registry token.</summary>
    public Task<Answer> JwtAsync(string query, string? authorization = null) =>
        SendAsync(HttpMethod.Get, "/jwt/auth?" + query, null, authorization is null ? [] : [("Authorization", authorization)]);

    public async Task<long> GroupAsync(long? parent = null, string visibility = "private", string? path = null)
    {
        path ??= NewName("g");
        return Id(await PostAsync("/groups", new { name = path, path, parent_id = parent, visibility }));
    }

    public async Task<long> ProjectAsync(long? group = null, string visibility = "private", string? path = null)
    {
        path ??= NewName("p");
        return Id(await PostAsync("/projects", new { name = path, path, namespace_id = group ?? await GroupAsync(visibility: visibility), visibility }));
    }

    /// <summary>Issues a deploy token.</summary>
    public async Task<JsonNode> TokenAsync(string holder, object? body = null)
    {
        var answer = await PostAsync($"/{holder}/deploy_tokens", body ?? new { name = "t", scopes = "read_registry" });
        Assert.True(answer.Status == 201, answer.Body);
        return answer.Json;
    }

    /// <summary>Issues a deploy token with these scopes; how it is shown by Basic.</summary>
    public async Task<(long Id, string Secret, string Basic)> IssueAsync(string holder, params string[] scopes)
    {
        var token = await TokenAsync(holder, new { name = "t", scopes });
        var secret = (string)token["token"]!;
        return ((long)token["id"]!, secret, Basic((string)token["username"]!, secret));
    }

    private static long Id(Answer answer)
    {
        Assert.True(answer.Status == 201, answer.Body);
        return (long)answer.Json["id"]!;
    }

    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
}
