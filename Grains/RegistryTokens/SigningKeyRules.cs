using System.Collections.Immutable;
using OrleansTokens.RegistryTokens;

namespace OrleansTokens.Grains.RegistryTokens;

/// <summary>
/// When a key signs and when it is published. Pure. Of all keys that may sign, the one made last does; so a key has signed its last token
/// once any later one may sign.
/// </summary>
internal static class SigningKeyRules
{
    /// <summary>Registries accept a token for so long after its end (distribution allows for clocks that differ).</summary>
    public static readonly TimeSpan RegistryLeeway = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long after its time a key may still be signed with: by a silo that has not read the keys again
    /// (<see cref="SigningKeyRing.MaxAge"/>), and whose clock is behind by as much.
    /// </summary>
    public static readonly TimeSpan Lag = TimeSpan.FromSeconds(60);

    /// <summary>The key that signs at a time. A clock may be behind that of the silo where the first key was made: then that one does.</summary>
    /// <param name="keys">At least one, in the order in which they were made.</param>
    /// <param name="signsFrom">From when on a key may sign.</param>
    /// <param name="now">The time.</param>
    public static T SignerAt<T>(ImmutableArray<T> keys, Func<T, DateTimeOffset> signsFrom, DateTimeOffset now)
    {
        for (var i = keys.Length - 1; i > 0; i--)
        {
            if (signsFrom(keys[i]) <= now)
            {
                return keys[i];
            }
        }

        return keys[0];
    }

    /// <summary>The keys that are still published at a time, in the same order; the same array where all are.</summary>
    public static ImmutableArray<StoredSigningKey> StillPublished(ImmutableArray<StoredSigningKey> keys, DateTimeOffset now)
    {
        var kept = keys.Where((_, i) => !(PublishedUntil(keys, i) <= now)).ToImmutableArray();
        return kept.Length == keys.Length ? keys : kept;
    }

    /// <summary>The keys as registries need them, newest first.</summary>
    public static ImmutableArray<PublishedKey> PublishedAt(ImmutableArray<StoredSigningKey> keys, DateTimeOffset now)
    {
        var published = ImmutableArray.CreateBuilder<PublishedKey>(keys.Length);
        for (var i = keys.Length - 1; i >= 0; i--)
        {
            var until = SucceededAt(keys, i) <= now ? PublishedUntil(keys, i) : null;
            if (!(until <= now))
            {
                published.Add(Published(keys[i], until));
            }
        }

        return published.ToImmutable();
    }

    /// <summary>Notes that tokens of this lifetime may be signed; the same array where nothing changes.</summary>
    public static ImmutableArray<StoredSigningKey> WithLifetime(ImmutableArray<StoredSigningKey> keys, TimeSpan lifetime)
    {
        var seconds = (int)lifetime.TotalSeconds;
        return keys.All(k => k.LongestLifetimeSeconds >= seconds)
            ? keys
            : [.. keys.Select(k => k with { LongestLifetimeSeconds = Math.Max(k.LongestLifetimeSeconds, seconds) })];
    }

    private static DateTimeOffset? PublishedUntil(ImmutableArray<StoredSigningKey> keys, int index) =>
        SucceededAt(keys, index) + TimeSpan.FromSeconds(keys[index].LongestLifetimeSeconds) + RegistryLeeway + Lag;

    /// <summary>From when on a later key may sign; null where there is none.</summary>
    private static DateTimeOffset? SucceededAt(ImmutableArray<StoredSigningKey> keys, int index)
    {
        DateTimeOffset? first = null;
        foreach (var later in keys.AsSpan()[(index + 1)..])
        {
            first = later.SignsFrom < first || first is null ? later.SignsFrom : first;
        }

        return first;
    }

    private static PublishedKey Published(StoredSigningKey key, DateTimeOffset? until) => new(
        key.KeyId, SigningKeys.NameOf(key.Algorithm), ImmutableArray.Create(key.Certificate), key.CreatedAt, key.SignsFrom, until);
}
