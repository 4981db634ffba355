using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace OrleansTokens.DeployTokens;

/// <summary>
/// HMAC-SHA-256 (RFC 2104) under one key, for keys that are used again and again: each thread keeps the keyed state, which is most of the work
/// for messages as short as secrets. It cannot print the key. Safe for any number of threads.
/// </summary>
[DebuggerDisplay("[keyed hash]")]
[SuppressMessage("Design", "CA1001", Justification = "Keys live as long as the process; what threads keep goes with them.")]
internal sealed class KeyedHash
{
    /// <summary>The length of a hash, in bytes.</summary>
    public const int Length = HMACSHA256.HashSizeInBytes;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] _key;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly ThreadLocal<IncrementalHash> _ofThread;

    /// <param name="key">The key; it is not copied.</param>
    public KeyedHash(byte[] key)
    {
        _key = key;
        _ofThread = new ThreadLocal<IncrementalHash>(() => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key));
    }

    /// <summary>The key.</summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public ReadOnlySpan<byte> Key => _key;

    /// <summary>Computes the hash of a message. Allocates nothing.</summary>
    /// <param name="message">The message.</param>
    /// <param name="destination">Takes <see cref="Length"/> bytes.</param>
    public void Compute(ReadOnlySpan<byte> message, Span<byte> destination)
    {
        var hash = _ofThread.Value!;
        hash.AppendData(message);
        hash.GetHashAndReset(destination);
    }
}
