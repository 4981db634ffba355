using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace OrleansTokens.Benchmarks;

/// <summary>
/// What operators do all day: tokens are issued, used, revoked, or expire, and must be refused from then on. Everything that is answered
/// otherwise is an error.
/// </summary>
internal sealed class Churn(Server silo, double perSecond) : IDisposable
{
    private static readonly TimeSpan LivesFor = TimeSpan.FromSeconds(5);

    private static readonly string[] Scopes = ["read_repository"];

    private readonly HttpClient _operator = silo.Operator();
    private readonly HttpClient _anybody = new() { BaseAddress = new Uri(silo.Address) };
    private int _issued;
    private int _errors;

    /// <summary>Says how many tokens have lived and died since it was last asked, and how many answers were wrong.</summary>
    public (int Issued, int Errors) Take() => (Interlocked.Exchange(ref _issued, 0), Interlocked.Exchange(ref _errors, 0));

    /// <summary>Goes on until it is told to stop, and those tokens are dead that were alive.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var lives = new List<Task>();
        var pace = new Pace(Stopwatch.StartNew(), perSecond, 1);
        for (var i = 0; !stopping.IsCancellationRequested; i++)
        {
            await pace.WaitAsync(0, i);
            lives.Add(LiveAsync(project: i % Tree.Projects, expires: i % 2 == 0));
            lives.RemoveAll(static life => life.IsCompletedSuccessfully);
        }

        await Task.WhenAll(lives);
    }

    public void Dispose()
    {
        _operator.Dispose();
        _anybody.Dispose();
    }

    private async Task LiveAsync(int project, bool expires)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var issued = await _operator.PostAsJsonAsync(
            $"/api/v4/projects/{project + 1}/deploy_tokens",
            new { name = "churn", scopes = Scopes, expires_at = expires ? (now + LivesFor).ToString("O") : null });
        Interlocked.Increment(ref _issued);
        if (!issued.IsSuccessStatusCode)
        {
            Interlocked.Increment(ref _errors);
            return;
        }

        var json = await issued.Content.ReadFromJsonAsync<JsonElement>();
        var (username, secret) = (json.GetProperty("username").GetString()!, json.GetProperty("token").GetString()!);
        await ExpectAsync(username, secret, project, 200);
        if (expires)
        {
            await Task.Delay(LivesFor, TimeProvider.System);
        }
        else
        {
            using var revoked = await _operator.PostAsync(new Uri($"/api/v4/deploy_tokens/{json.GetProperty("id").GetInt64()}/revoke", UriKind.Relative), null);
            _ = revoked.IsSuccessStatusCode ? 0 : Interlocked.Increment(ref _errors);
        }

        await ExpectAsync(username, secret, project, 401);
    }

    private async Task ExpectAsync(string username, string secret, int project, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/forward-auth");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{secret}")));
        request.Headers.Add("X-Original-URI", $"/{Tree.Usual.PathOf(project)}.git/info/refs?service=git-upload-pack");
        request.Headers.Add("X-Original-Method", "GET");
        using var answer = await _anybody.SendAsync(request);
        _ = (int)answer.StatusCode == status ? 0 : Interlocked.Increment(ref _errors);
    }
}
