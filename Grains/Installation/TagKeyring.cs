using System.Collections.Immutable;
using OrleansTokens.Grains.Keys;

namespace OrleansTokens.Grains.Installation;

/// <summary>
/// Keeps the tag keys of master keys that are gone, so that a gateway lets the tokens issued under them pass. Whoever knows such a
/// key can get past a gateway, as anybody can who has a token, and no further: a token's own grain compares the whole secret.
/// </summary>
internal static class TagKeyring
{
    /// <summary>What to store from now on: with the tag keys of all configured master keys, all under the newest one.</summary>
    /// <returns>The very same list where nothing changes.</returns>
    public static ImmutableArray<StoredTagKey> Renew(ImmutableArray<StoredTagKey> stored, MasterKeyRing ring)
    {
        var keys = stored.Select(k => Reseal(k, ring)).ToList();
        foreach (var key in ring.Keys.Reverse())
        {
            var id = key.Id.ToString();
            if (!keys.Exists(k => k.MasterKeyId == id))
            {
                keys.Add(Seal(id, key.TagKey.Span, ring));
            }
        }

        return keys.SequenceEqual(stored) ? stored : [.. keys.TakeLast(Limits.MaxTagKeys)];
    }

    /// <summary>All tag keys, newest first. What is sealed under a master key that is not configured here is left out.</summary>
    public static ImmutableArray<ImmutableArray<byte>> Open(ImmutableArray<StoredTagKey> stored, MasterKeyRing ring)
    {
        var configured = ring.Keys.Select(static k => k.Id.ToString()).ToList();
        return
        [
            .. ring.Keys.Select(static k => ImmutableArray.Create(k.TagKey.Span)),
            .. stored.Reverse().Where(k => !configured.Contains(k.MasterKeyId)).Select(k => Open(k, ring)).OfType<byte[]>()
                .Select(static key => ImmutableArray.Create(key)),
        ];
    }

    private static StoredTagKey Reseal(StoredTagKey key, MasterKeyRing ring) =>
        Box(key).NeedsReseal(ring) && Open(key, ring) is { } opened ? Seal(key.MasterKeyId, opened, ring) : key;

    private static byte[]? Open(StoredTagKey key, MasterKeyRing ring) =>
        ring.Find(Box(key).KeyId) is null ? null : Box(key).Open(ring, SealPurpose.TagKey, Context(key.MasterKeyId));

    private static StoredTagKey Seal(string id, ReadOnlySpan<byte> key, MasterKeyRing ring) =>
        new() { MasterKeyId = id, Sealed = SealedBox.Seal(ring, SealPurpose.TagKey, Context(id), key).ToStorageText() };

    private static SealedBox Box(StoredTagKey key) =>
        SealedBox.TryParse(key.Sealed, out var box) ? box : throw new InvalidOperationException("The state was not looked at after it was read.");

    private static string Context(string id) => "tag-key/" + id;
}
