using System.Collections.Immutable;
using System.Text.Json;
using OrleansTokens.Errors;

namespace OrleansTokens.Silo.Http.LeakReports;

/// <summary>
/// Finds the key that a report names: among those given outright, or those that GitHub publishes. The latter are kept, and fetched again
/// when they are an hour old or lack the key, at most once a minute, whoever asks.
/// </summary>
internal sealed partial class GitHubKeySource : IDisposable
{
    /// <summary>Keys that GitHub has withdrawn are forgotten this soon.</summary>
    public static readonly TimeSpan RefreshAfter = TimeSpan.FromHours(1);

    /// <summary>GitHub lets nobody ask much more often, and anybody can name a key that there is not.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    private const int MaxDocumentBytes = 64 * 1024;

    private readonly LeakReportOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<GitHubKeySource> _logger;
    private readonly HttpClient _http;
    private readonly SemaphoreSlim _fetching = new(1);
    private volatile Keys? _known;
    private long? _triedAt;

    public GitHubKeySource(LeakReportOptions options, TimeProvider time, ILogger<GitHubKeySource> logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            Timeout = TimeSpan.FromSeconds(10),
            MaxResponseContentBufferSize = MaxDocumentBytes,
        };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("OrleansTokens");
    }

    /// <summary>The key of an id, or null where GitHub has none of that id.</summary>
    /// <exception cref="TokenAuthorityException">Unavailable: GitHub's keys could never be fetched.</exception>
    public async Task<GitHubKey?> FindAsync(string id, CancellationToken cancellation)
    {
        if (_options.GitHubKeys.FirstOrDefault(key => key.Id == id) is { } given)
        {
            return given;
        }

        if (_options.GitHubKeysUrl is not { } url)
        {
            return null;
        }

        var known = _known;
        if (!Suffices(known, id))
        {
            await _fetching.WaitAsync(cancellation);
            try
            {
                known = await RefreshAsync(url, id);
            }
            finally
            {
                _fetching.Release();
            }
        }

        return (known ?? throw TokenAuthorityException.Unavailable("GitHub's keys could not be fetched.")).Find(id);
    }

    public void Dispose()
    {
        _http.Dispose();
        _fetching.Dispose();
    }

    private bool Suffices(Keys? known, string id) =>
        known is not null && _time.GetElapsedTime(known.FetchedAt) < RefreshAfter && known.Find(id) is not null;

    /// <summary>One at a time. Where GitHub cannot be asked, the keys that are known go on counting.</summary>
    private async Task<Keys?> RefreshAsync(Uri url, string id)
    {
        if (Suffices(_known, id) || (_triedAt is { } at && _time.GetElapsedTime(at) < RetryAfter))
        {
            return _known;
        }

        _triedAt = _time.GetTimestamp();
        try
        {
            _known = new Keys(await FetchAsync(url), _time.GetTimestamp());
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or IOException
            or JsonException or InvalidOperationException)
        {
            LogKeysNotFetched(fault);
        }

        return _known;
    }

    private async Task<ImmutableArray<GitHubKey>> FetchAsync(Uri url)
    {
        using var response = await _http.GetAsync(url);
        response.EnsureSuccessStatusCode();
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
        if (document.RootElement is not { ValueKind: JsonValueKind.Object } root
            || !root.TryGetProperty("public_keys", out var entries) || entries.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException("There is no list of public keys.");
        }

        return [.. entries.EnumerateArray().Select(Read).OfType<GitHubKey>()];
    }

    /// <summary>A published key; null where it is one of a kind that is not known here.</summary>
    private static GitHubKey? Read(JsonElement entry) => GitHubKey.TryCreate(Text(entry, "key_identifier"), Text(entry, "key"), out var key) ? key : null;

    private static string? Text(JsonElement entry, string name) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private sealed record Keys(ImmutableArray<GitHubKey> All, long FetchedAt)
    {
        public GitHubKey? Find(string id) => All.FirstOrDefault(key => key.Id == id);
    }
}
