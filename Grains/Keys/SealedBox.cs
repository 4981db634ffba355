using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Grains.Keys;

/// <summary>
/// Bytes that can be read again only by this installation, and only in the place they were sealed for: AES-256-GCM with a
/// random nonce under a key derived from a master key. Immutable.
/// </summary>
/// <remarks>
/// The envelope: version byte (1), master key id (4, big-endian), nonce (12), ciphertext, authentication tag (16). Version,
/// key id and the caller's context are authenticated with it.
/// </remarks>
[DebuggerDisplay("sealed under {KeyId}")]
public sealed class SealedBox
{
    private const byte CurrentVersion = 1;
    private const int HeaderLength = 1 + sizeof(uint);
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private const int CiphertextOffset = HeaderLength + NonceLength;
    private const int Overhead = CiphertextOffset + TagLength;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] envelope;

    private SealedBox(byte[] envelope) => this.envelope = envelope;

    /// <summary>The master key the content was sealed under.</summary>
    public MasterKeyId KeyId => new(BinaryPrimitives.ReadUInt32BigEndian(envelope.AsSpan(1)));

    /// <summary>Seals bytes under the newest key.</summary>
    /// <param name="ring">The installation's keys.</param>
    /// <param name="purpose">What the content is.</param>
    /// <param name="context">
    /// Where the content belongs, such as <c>deploy-token/42</c>: it has to be given again to open the box, so that a box copied to another
    /// place stays closed.
    /// </param>
    /// <param name="content">At most <see cref="Limits.MaxSealedContentLength"/> bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The content is longer.</exception>
    public static SealedBox Seal(MasterKeyRing ring, SealPurpose purpose, string context, ReadOnlySpan<byte> content)
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(context);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, Limits.MaxSealedContentLength, nameof(content));

        var envelope = new byte[Overhead + content.Length];
        envelope[0] = CurrentVersion;
        BinaryPrimitives.WriteUInt32BigEndian(envelope.AsSpan(1), ring.Newest.Id.Value);
        RandomNumberGenerator.Fill(envelope.AsSpan(HeaderLength, NonceLength));

        var box = new SealedBox(envelope);
        using var aes = new AesGcm(ring.Newest.SealKey(purpose), TagLength);
        aes.Encrypt(box.Nonce, content, box.Ciphertext, box.Tag, box.AssociatedData(context));
        return box;
    }

    /// <summary>Reads the stored form. Whether the box can be opened shows only when it is.</summary>
    /// <returns><see langword="false"/> when the text is no sealed box of a known version.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SealedBox? box)
    {
        box = null;
        var length = Base64Url.GetMaxDecodedLength(text.Length);
        if (length is < Overhead or > Overhead + Limits.MaxSealedContentLength)
        {
            return false;
        }

        var envelope = new byte[length];
        if (CanonicalBase64Url.TryDecode(text, envelope, out var written) && written == length && envelope[0] == CurrentVersion)
        {
            box = new SealedBox(envelope);
        }

        return box is not null;
    }

    /// <summary>Opens the box.</summary>
    /// <param name="ring">The installation's keys; the box may be under any of them.</param>
    /// <param name="purpose">As given when it was sealed.</param>
    /// <param name="context">As given when it was sealed.</param>
    /// <returns>The content; the caller clears it after use.</returns>
    /// <exception cref="CryptographicException">
    /// The master key is not configured, or the box was altered or sealed for another purpose or context. The message says
    /// which, and shows nothing of the content.
    /// </exception>
    public byte[] Open(MasterKeyRing ring, SealPurpose purpose, string context)
    {
        ArgumentNullException.ThrowIfNull(ring);
        ArgumentNullException.ThrowIfNull(context);
        var key = ring.Find(KeyId) ?? throw new CryptographicException(
            $"The sealed box for '{context}' is under master key {KeyId}, which is not configured.");

        var content = new byte[Ciphertext.Length];
        using var aes = new AesGcm(key.SealKey(purpose), TagLength);
        try
        {
            aes.Decrypt(Nonce, Ciphertext, Tag, content, AssociatedData(context));
            return content;
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new CryptographicException($"The sealed box for '{context}' was altered, or was sealed for something else.", e);
        }
    }

    /// <summary>Whether the content should be sealed anew, so that the master key it is under can be taken away.</summary>
    public bool NeedsReseal(MasterKeyRing ring)
    {
        ArgumentNullException.ThrowIfNull(ring);
        return KeyId != ring.Newest.Id;
    }

    /// <summary>The stored form: base64url of the envelope.</summary>
    public string ToStorageText() => Base64Url.EncodeToString(envelope);

    /// <summary>The key id only.</summary>
    public override string ToString() => $"sealed under {KeyId}";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private Span<byte> Nonce => envelope.AsSpan(HeaderLength, NonceLength);

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private Span<byte> Ciphertext => envelope.AsSpan(CiphertextOffset, envelope.Length - Overhead);

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private Span<byte> Tag => envelope.AsSpan(envelope.Length - TagLength);

    private byte[] AssociatedData(string context) => [.. envelope.AsSpan(0, HeaderLength), .. Encoding.UTF8.GetBytes(context)];
}
