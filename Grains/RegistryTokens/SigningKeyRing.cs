using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using OrleansTokens.Grains.Keys;

namespace OrleansTokens.Grains.RegistryTokens;

/// <summary>
/// The signing keys on this silo, each opened once. Read again in the background while in use; never used once they are older than
/// <see cref="MaxAge"/>, because a key may have been replaced meanwhile. One instance a silo, safe for any number of threads.
/// </summary>
internal sealed partial class SigningKeyRing(
    IGrainFactory grains, MasterKeyRing masterKeys, RegistryTokenOptions options, TimeProvider time, ILogger<SigningKeyRing> logger)
{
    /// <summary>When the keys are read again, if they are used: a rotation without delay is obeyed from then on.</summary>
    public static readonly TimeSpan RefreshAfter = TimeSpan.FromSeconds(5);

    /// <summary>The greatest age at which they are used. <see cref="SigningKeyRules.Lag"/> must be greater.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(30);

    /// <summary>
    /// When the keys are read again because one is asked for that is not among them: another silo may just have made it. It bounds what
    /// somebody can cause who invents names of keys.
    /// </summary>
    public static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private volatile Snapshot? _current;
    private Task<Snapshot>? _reading;
    private TimeSpan _longest = options.Lifetime;

    /// <summary>What to sign with at a time.</summary>
    /// <param name="now">The time.</param>
    /// <param name="lifetime">How long lives what is signed, if longer than configured: the keys stay published as long as that, then.</param>
    /// <exception cref="Errors.TokenAuthorityException">Unavailable: the keys cannot be read or opened.</exception>
    public async ValueTask<SigningCredentials> GetAsync(DateTimeOffset now, TimeSpan lifetime = default) =>
        SigningKeyRules.SignerAt((await CurrentAsync(lifetime)).Keys, static k => k.Sealed.SignsFrom, now).Credentials.Value;

    /// <summary>The key of this name, to verify with; null where none of that name is published.</summary>
    /// <exception cref="Errors.TokenAuthorityException">Unavailable: the keys cannot be read or opened.</exception>
    public async ValueTask<SigningCredentials?> FindAsync(string keyId)
    {
        var known = await CurrentAsync(default);
        if (known.Find(keyId) is null && time.GetElapsedTime(known.ReadAt) >= LookAgainAfter)
        {
            known = await ReadAsync(default);
        }

        return known.Find(keyId)?.Credentials.Value;
    }

    private async ValueTask<Snapshot> CurrentAsync(TimeSpan lifetime)
    {
        var known = _current;
        if (known is null || time.GetElapsedTime(known.ReadAt) >= MaxAge)
        {
            known = await ReadAsync(lifetime);
        }
        else if (time.GetElapsedTime(known.ReadAt) >= RefreshAfter)
        {
            _ = ReadAsync(lifetime);
        }

        while (known.Lifetime < lifetime)
        {
            known = await ReadAsync(lifetime); // A second time where the first was under way already, for shorter lives.
        }

        return known;
    }

    /// <summary>One reading at a time, for all who wait.</summary>
    private Task<Snapshot> ReadAsync(TimeSpan lifetime)
    {
        lock (_lock)
        {
            _longest = lifetime > _longest ? lifetime : _longest;
            if (_reading is null || _reading.IsCompleted)
            {
                // Not on the scheduler of the grain that happens to ask: others wait for this too, and it may be gone before them.
                var longest = _longest;
                _reading = Task.Run(() => ReadNowAsync(longest));
            }

            return _reading;
        }
    }

    private async Task<Snapshot> ReadNowAsync(TimeSpan lifetime)
    {
        try
        {
            var readAt = time.GetTimestamp();
            var keys = await grains.GetGrain<ISealedSigningKeyGrain>(0).GetForSigningAsync(lifetime);
            var opened = _current?.Keys ?? [];
            return _current = new Snapshot(readAt, lifetime, [.. keys.Select(k => opened.FirstOrDefault(o => o.Sealed == k) ?? Opening(k))]);
        }
        catch (Exception fault)
        {
            LogNotRead(fault);
            throw;
        }
    }

    private OpenedKey Opening(SealedSigningKey key) => new(key, new Lazy<SigningCredentials>(() => SigningKeys.Open(key, masterKeys)));

    private sealed record Snapshot(long ReadAt, TimeSpan Lifetime, ImmutableArray<OpenedKey> Keys)
    {
        public OpenedKey? Find(string keyId) => Keys.FirstOrDefault(k => k.Sealed.KeyId == keyId);
    }

    private sealed record OpenedKey(SealedSigningKey Sealed, Lazy<SigningCredentials> Credentials);
}
