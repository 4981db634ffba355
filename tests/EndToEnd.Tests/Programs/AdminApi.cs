using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OrleansTokens.EndToEnd.Tests.Programs;

/// <summary>A deploy token as its issuer saw it. <paramref name="Holder"/> is its place in the API, e.g. <c>projects/7</c>.</summary>
internal sealed record IssuedToken(string Holder, long Id, string Username, string Secret)
{
    public string Path => $"/api/v4/{Holder}/deploy_tokens/{Id}";

    public string Credentials => $"{Username}:{Secret}";
}

/// <summary>Sets the scene over the product's own API.</summary>
internal sealed class AdminApi : IDisposable
{
    public AdminApi(Uri address)
    {
        Http = new HttpClient { BaseAddress = address };
        Http.DefaultRequestHeaders.Add("PRIVATE-TOKEN", Silo.OperatorToken);
    }

    public HttpClient Http { get; }

    public async Task<long> CreateGroupAsync(string path, long? parent = null, string visibility = "private") =>
        (await PostAsync("/api/v4/groups", new { name = path, path, parent_id = parent, visibility })).GetProperty("id").GetInt64();

    public async Task<long> CreateProjectAsync(string path, long parent, string visibility = "private") =>
        (await PostAsync("/api/v4/projects", new { name = path, path, namespace_id = parent, visibility })).GetProperty("id").GetInt64();

    public Task<IssuedToken> IssueForProjectAsync(long project, params string[] scopes) => IssueAsync($"projects/{project}", scopes);

    public Task<IssuedToken> IssueForGroupAsync(long group, params string[] scopes) => IssueAsync($"groups/{group}", scopes);

    public async Task<IssuedToken> IssueAsync(string holder, string[] scopes, string? username = null, string? expiresAt = null)
    {
        var body = new { name = "end-to-end", scopes, username, expires_at = expiresAt };
        return Read(holder, await PostAsync($"/api/v4/{holder}/deploy_tokens", body));
    }

    public static IssuedToken Read(string holder, JsonElement token) =>
        new(holder, token.GetProperty("id").GetInt64(), token.GetProperty("username").GetString()!, token.GetProperty("token").GetString()!);

    public async Task RevokeAsync(IssuedToken token) => Assert.True((await PostAsync(token.Path + "/revoke")).GetProperty("revoked").GetBoolean());

    public async Task DeleteAsync(IssuedToken token)
    {
        using var response = await Http.DeleteAsync(token.Path);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    public async Task ArchiveAsync(long project) => _ = await PostAsync($"/api/v4/projects/{project}/archive");

    public async Task<JsonElement> PostAsync(string path, object? body = null)
    {
        using var response = await Http.PostAsJsonAsync(path, body ?? new { });
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"POST {path}: {(int)response.StatusCode} {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    public void Dispose() => Http.Dispose();
}
