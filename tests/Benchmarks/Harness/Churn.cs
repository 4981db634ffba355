using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
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
    private readonly ConcurrentQueue<string> _wrong = new();
    private int _issued;

    /// <summary>Says how many tokens have been issued since it was last asked, and which answers were wrong.</summary>
    public (int Issued, IReadOnlyList<string> Wrong) Take()
    {
        var wrong = new List<string>();
        while (_wrong.TryDequeue(out var answer))
        {
            wrong.Add(answer);
        }

        return (Interlocked.Exchange(ref _issued, 0), wrong);
    }

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
        var expiry = TimeProvider.System.GetUtcNow() + LivesFor;
        using var issued = await _operator.PostAsJsonAsync(
            $"/api/v4/projects/{project + 1}/deploy_tokens",
            new { name = "churn", scopes = Scopes, expires_at = expires ? expiry.ToString("O") : null });
        Interlocked.Increment(ref _issued);
        if (!Check("issue", (int)issued.StatusCode, 201))
        {
            return;
        }

        var json = await issued.Content.ReadFromJsonAsync<JsonElement>();
        var (username, secret) = (json.GetProperty("username").GetString()!, json.GetProperty("token").GetString()!);
        await ExpectAsync("new token", username, secret, project, 200);
        if (expires)
        {
            // A timer may be a little early.
            for (var left = LivesFor; left > TimeSpan.Zero; left = expiry - TimeProvider.System.GetUtcNow())
            {
                await Task.Delay(left + TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }
        }
        else
        {
            using var revoked = await _operator.PostAsync(new Uri($"/api/v4/deploy_tokens/{json.GetProperty("id").GetInt64()}/revoke", UriKind.Relative), null);
            Check("revoke", (int)revoked.StatusCode, 200);
        }

        await ExpectAsync(expires ? "expired token" : "revoked token", username, secret, project, 401);
    }

    private bool Check(string what, int status, int expected)
    {
        if (status != expected)
        {
            _wrong.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{what}: {status}, and not {expected}"));
        }

        return status == expected;
    }

    private async Task ExpectAsync(string what, string username, string secret, int project, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/forward-auth");
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{secret}")));
        request.Headers.Add("X-Original-URI", $"/{Tree.Usual.PathOf(project)}.git/info/refs?service=git-upload-pack");
        request.Headers.Add("X-Original-Method", "GET");
        using var answer = await _anybody.SendAsync(request);
        Check(what, (int)answer.StatusCode, status);
    }
}
