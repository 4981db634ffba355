using System.Diagnostics.CodeAnalysis;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Grains.Keys;

/// <summary>
/// The master keys of the installation, newest first. The newest tags, digests and seals; the others only recognise what was
/// made under them. Immutable.
/// </summary>
/// <remarks>
/// To rotate, put a new key in front, restart all silos, and take the old one away only when no digest or sealed box names it any more.
/// During a rolling restart, silos without the new key cannot recognise what the others make under it: add the new key
/// last in the list first, and move it to the front in a second round.
/// </remarks>
public sealed class MasterKeyRing
{
    private readonly MasterKey[] keys;
    private readonly TagKey[] tagKeys;

    private MasterKeyRing(MasterKey[] keys)
    {
        this.keys = keys;
        tagKeys = [.. keys.Select(key => key.TagKey)];
    }

    /// <summary>The key under which everything new is made.</summary>
    public MasterKey Newest => keys[0];

    /// <summary>All keys, newest first.</summary>
    public IReadOnlyList<MasterKey> Keys => keys;

    /// <summary>The tag keys, newest first, as the token format takes them.</summary>
    public ReadOnlySpan<TagKey> TagKeys => tagKeys;

    /// <summary>Makes a ring of keys.</summary>
    /// <param name="newestFirst">1 to <see cref="Limits.MaxMasterKeys"/> different keys.</param>
    /// <exception cref="ArgumentException">There are none, too many, or two with the same id.</exception>
    public static MasterKeyRing Of(params IEnumerable<MasterKey> newestFirst)
    {
        MasterKey[] keys = [.. newestFirst];
        var faults = RingFaults([.. keys.Select((key, at) => ($"Key {at + 1}", key))]);
        return faults.Count == 0 ? new MasterKeyRing(keys) : throw new ArgumentException(string.Join(' ', faults), nameof(newestFirst));
    }

    /// <summary>Makes a ring of named texts, and reports all that is wrong at once.</summary>
    /// <param name="newestFirst">For each key what to call it in an error (a setting, a line of a file) and its text.</param>
    /// <param name="ring">The ring, or <see langword="null"/> when anything is wrong.</param>
    /// <param name="errors">One sentence for each fault, naming the entry and never showing its text.</param>
    /// <returns><see langword="false"/> when anything is wrong.</returns>
    public static bool TryParse(
        IEnumerable<(string Name, string? Text)> newestFirst,
        [NotNullWhen(true)] out MasterKeyRing? ring,
        out IReadOnlyList<string> errors)
    {
        ArgumentNullException.ThrowIfNull(newestFirst);
        List<string> faults = [];
        List<(string Name, MasterKey Key)> parsed = [];
        var entries = 0;
        foreach (var (name, text) in newestFirst)
        {
            entries++;
            if (MasterKey.TryParse(text, out var key, out var error))
            {
                parsed.Add((name, key));
            }
            else
            {
                faults.Add($"{name} {error}.");
            }
        }

        if (parsed.Count > 0 || entries == 0)
        {
            faults.AddRange(RingFaults(parsed));
        }

        errors = faults;
        ring = faults.Count == 0 ? new MasterKeyRing([.. parsed.Select(entry => entry.Key)]) : null;
        return ring is not null;
    }

    /// <summary>The key of this id, or <see langword="null"/> when the ring does not have it (any more).</summary>
    public MasterKey? Find(MasterKeyId id)
    {
        foreach (var key in keys)
        {
            if (key.Id == id)
            {
                return key;
            }
        }

        return null;
    }

    /// <summary>The ids, newest first.</summary>
    public override string ToString() => $"master keys {string.Join(", ", keys.Select(key => key.Id))}";

    private static List<string> RingFaults(List<(string Name, MasterKey Key)> entries)
    {
        List<string> faults = [];
        if (entries.Count == 0)
        {
            faults.Add("There is no master key.");
        }

        if (entries.Count > Limits.MaxMasterKeys)
        {
            faults.Add($"There are {entries.Count} master keys; at most {Limits.MaxMasterKeys} are accepted at once.");
        }

        // Stored data names its key by the id alone, so two keys of one id cannot live together even where they differ.
        Dictionary<MasterKeyId, string> seen = [];
        foreach (var (name, key) in entries)
        {
            if (!seen.TryAdd(key.Id, name))
            {
                faults.Add($"{name} is the same key as {seen[key.Id]} (id {key.Id}).");
            }
        }

        return faults;
    }
}
