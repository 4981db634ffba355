using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Operators;
using OrleansTokens.RegistryTokens;

namespace OrleansTokens.Grains.RegistryTokens;

/// <inheritdoc cref="ISigningKeyGrain"/>
[GrainType("signing-keys")]
internal sealed partial class SigningKeyGrain : Grain, ISigningKeyGrain, ISealedSigningKeyGrain
{
    private readonly DurableState<SigningKeyState> _state;
    private readonly MasterKeyRing _masterKeys;
    private readonly RegistryTokenOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SigningKeyGrain> _logger;

    public SigningKeyGrain(
        [PersistentState("keys")] IPersistentState<SigningKeyState> storage,
        MasterKeyRing masterKeys,
        RegistryTokenOptions options,
        TimeProvider time,
        ILogger<SigningKeyGrain> logger)
    {
        _state = new DurableState<SigningKeyState>(storage, this);
        _masterKeys = masterKeys;
        _options = options;
        _time = time;
        _logger = logger;
    }

    public async Task<ImmutableArray<PublishedKey>> GetPublishedAsync()
    {
        await BringUpToDateAsync(_options.Lifetime);
        return SigningKeyRules.PublishedAt(_state.Current.Keys, _time.GetUtcNow());
    }

    public async Task<ImmutableArray<SealedSigningKey>> GetForSigningAsync(TimeSpan lifetime)
    {
        await BringUpToDateAsync(lifetime);
        return [.. _state.Current.Keys.Select(static k => new SealedSigningKey(k.KeyId, k.Algorithm, k.SealedPrivateKey, k.SignsFrom))];
    }

    public async Task<ImmutableArray<PublishedKey>> RotateAsync(TimeSpan delay, OperatorId by)
    {
        if (delay < TimeSpan.Zero || delay > Limits.MaxKeyActivationDelay)
        {
            throw TokenAuthorityException.Invalid("delay", $"The delay must be from 0 to {Limits.MaxKeyActivationDelay.Days} days.");
        }

        await BringUpToDateAsync(_options.Lifetime);
        var keys = _state.Current.Keys;
        if (keys.Length >= Limits.MaxPublishedKeys)
        {
            throw new TokenAuthorityException(
                ErrorCode.LimitExceeded, $"{keys.Length} signing keys are still published; at most {Limits.MaxPublishedKeys} can be.");
        }

        var now = _time.GetUtcNow();
        var made = SigningKeys.Create(_options.Algorithm, _options.Lifetime, _masterKeys, now, now + delay, by);
        await _state.WriteAsync(new SigningKeyState { Keys = keys.Add(made) });
        LogRotated(made.KeyId, by.Value, made.SignsFrom);
        return SigningKeyRules.PublishedAt(_state.Current.Keys, _time.GetUtcNow());
    }

    public async Task<ImmutableArray<PublishedKey>> RemoveAsync(string keyId, OperatorId by)
    {
        await BringUpToDateAsync(_options.Lifetime);
        var now = _time.GetUtcNow();
        var keys = _state.Current.Keys;
        var removed = keys.FirstOrDefault(k => k.KeyId == keyId) ?? throw TokenAuthorityException.NotFound("The signing key");
        var kept = keys.Remove(removed);
        if (SigningKeyRules.SignerAt(keys, static k => k.SignsFrom, now) == removed)
        {
            // Before any that is scheduled, so that those sign when they were to.
            var made = SigningKeys.Create(_options.Algorithm, _options.Lifetime, _masterKeys, now, signsFrom: now, by);
            kept = kept.Insert(keys.IndexOf(removed), made);
            LogMade(made.KeyId, SigningKeys.NameOf(made.Algorithm));
        }

        await _state.WriteAsync(new SigningKeyState { Keys = kept });
        LogRemoved(keyId, by.Value);
        return SigningKeyRules.PublishedAt(kept, now);
    }

    /// <summary>
    /// Makes what is missing and puts away what is over: a first key, a key of the configured algorithm, keys whose last token has
    /// ended, seals under former master keys. On return all of it is durable.
    /// </summary>
    private async Task BringUpToDateAsync(TimeSpan lifetime)
    {
        var now = _time.GetUtcNow();
        var known = _state.Current.Keys;
        var keys = Resealed(SigningKeyRules.WithLifetime(SigningKeyRules.StillPublished(known, now), lifetime));
        var made = IsKeyMissing(keys)
            ? SigningKeys.Create(_options.Algorithm, lifetime, _masterKeys, now, signsFrom: now, by: default)
            : null;
        keys = made is null ? keys : keys.Add(made);
        if (keys != known)
        {
            await _state.WriteAsync(new SigningKeyState { Keys = keys });
        }

        if (made is not null)
        {
            LogMade(made.KeyId, SigningKeys.NameOf(made.Algorithm));
        }
    }

    private bool IsKeyMissing(ImmutableArray<StoredSigningKey> keys)
    {
        if (keys.IsEmpty)
        {
            return true;
        }

        if (keys[^1].Algorithm == _options.Algorithm)
        {
            return false;
        }

        if (keys.Length < Limits.MaxPublishedKeys)
        {
            return true;
        }

        // Silos that are configured differently take turns in making keys. Whatever they do, tokens go on being signed.
        LogTooMany(SigningKeys.NameOf(_options.Algorithm), keys.Length);
        return false;
    }

    private ImmutableArray<StoredSigningKey> Resealed(ImmutableArray<StoredSigningKey> keys)
    {
        var resealed = keys.Select(k => SigningKeys.Reseal(k, _masterKeys)).ToImmutableArray();
        return resealed.SequenceEqual(keys) ? keys : resealed;
    }
}
