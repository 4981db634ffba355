using OrleansTokens.Client;
using OrleansTokens.Settings;

namespace OrleansTokens.Silo.Http.Abuse;

/// <summary>
/// The application settings as this process last saw them, for what is decided before any grain is asked. A change that is made through
/// this process is seen at once, one made elsewhere once it has read them again.
/// </summary>
internal sealed partial class EdgeSettings(DeployTokenAdministration authority, TimeProvider time, ILogger<EdgeSettings> logger)
{
    /// <summary>When the settings are read again, if they are used. Off the path of requests.</summary>
    public static readonly TimeSpan RefreshAfter = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private volatile Seen? _seen;
    private Task<ApplicationSettings?>? _reading;

    /// <summary>The settings; null where they could never be read.</summary>
    public ValueTask<ApplicationSettings?> GetAsync()
    {
        if (_seen is not { } seen)
        {
            return new ValueTask<ApplicationSettings?>(ReadAsync());
        }

        if (time.GetElapsedTime(seen.At) >= RefreshAfter)
        {
            _ = ReadAsync();
        }

        return ValueTask.FromResult<ApplicationSettings?>(seen.Settings);
    }

    /// <summary>Takes settings that were just read or changed, unless newer ones are known.</summary>
    public void Take(ApplicationSettings settings)
    {
        lock (_lock)
        {
            var newest = _seen is { } seen && seen.Settings.Epoch > settings.Epoch ? seen.Settings : settings;
            _seen = new Seen(newest, time.GetTimestamp());
        }
    }

    /// <summary>One reading at a time, for all who wait.</summary>
    private Task<ApplicationSettings?> ReadAsync()
    {
        lock (_lock)
        {
            return _reading is { IsCompleted: false } reading ? reading : _reading = ReadNowAsync();
        }
    }

    private async Task<ApplicationSettings?> ReadNowAsync()
    {
        try
        {
            Take(await authority.GetSettingsAsync());
        }
        catch (Exception fault)
        {
            LogNotRead(fault); // What is known goes on being used: nobody gets a right by it.
        }

        return _seen?.Settings;
    }

    private sealed record Seen(ApplicationSettings Settings, long At);
}
