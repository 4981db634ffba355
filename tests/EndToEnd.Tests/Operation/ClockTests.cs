using System.Globalization;
using System.Net;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Operation;

/// <summary>The process under a wall clock that is set anew while it runs (libfaketime).</summary>
public sealed class ClockTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task Clock_WhenItIsSetBack_StopsNoGrainFromBeingActivated()
    {
        SetClock(hoursAhead: 48);
        await using var silo = await Silo.StartReadyAsync(
            _folder["data"],
            ("LD_PRELOAD", Library()),
            ("FAKETIME_TIMESTAMP_FILE", _folder["clock"]),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"));
        using var admin = new AdminApi(silo.Address);
        var project = await admin.CreateProjectAsync("app", await admin.CreateGroupAsync("acme"));
        var before = await admin.IssueAsync($"projects/{project}", ["read_registry"], expiresAt: InHours(24));

        // By the clock ahead it had expired. A clock that was set right counts, and what was never used before can be.
        Assert.True((await GetAsync(admin, before)).GetProperty("expired").GetBoolean());
        SetClock(hoursAhead: 0);
        Assert.False((await GetAsync(admin, before)).GetProperty("expired").GetBoolean());
        var other = await admin.CreateProjectAsync("fresh", await admin.CreateGroupAsync("later"));
        _ = await GetAsync(admin, await admin.IssueForProjectAsync(other, "read_registry"));
    }

    public void Dispose() => _folder.Dispose();

    private static string InHours(int hours) =>
        TimeProvider.System.GetUtcNow().AddHours(hours).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static async Task<System.Text.Json.JsonElement> GetAsync(AdminApi admin, IssuedToken token)
    {
        using var answer = await admin.Http.GetAsync(token.Path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return System.Text.Json.JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
    }

    private static string Library() =>
        Directory.EnumerateFiles("/usr/lib", "libfaketimeMT.so.1", SearchOption.AllDirectories).First();

    private void SetClock(int hoursAhead) =>
        File.WriteAllText(_folder["clock"], string.Create(CultureInfo.InvariantCulture, $"+{hoursAhead}h\n"));
}
