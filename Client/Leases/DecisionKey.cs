using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Leases;

/// <summary>
/// Under what a decision is kept: 128 bits of SHA-256 over a salt of this process, the credential, the action and the resource. It holds
/// nothing in clear, and no two askers share a decision unless all they showed and wanted is the same.
/// </summary>
/// <remarks>
/// To be answered by the decision of another credential, somebody would have to find an input with the key of one that is kept: a second
/// preimage of 128 bits, without knowing the salt. Collisions among inputs of one's own, at 64 bits, answer one with one's own decisions
/// and give nothing; without the salt they cannot even be looked for. Nor can anybody choose inputs that meet in one bucket of the table.
/// </remarks>
internal static class DecisionKey
{
    /// <summary>What most inputs need; a longer one is put into a rented buffer.</summary>
    private const int StackLength = 384;

    /// <summary>What is longer is not kept: no username and path that anything is allowed to are so long.</summary>
    private const int MaxLength = 16 * 1024;

    private const int SaltLength = 8;
    private const int HeaderLength = SaltLength + 1 + 1 + sizeof(long) + sizeof(ushort) + sizeof(ushort);
    private const int MaxUtf8PerChar = 3;

    /// <summary>In the flags: it is a request for a registry token, and no question.</summary>
    private const byte OfScopes = 64;

    private static readonly byte[] Salt = RandomNumberGenerator.GetBytes(SaltLength);

    /// <summary>Computes the key of a question; allocates nothing.</summary>
    /// <param name="credential">What was shown; null: nothing.</param>
    /// <param name="action">What is wanted.</param>
    /// <param name="resource">Where. Paths are the same in any letter case.</param>
    /// <param name="key">The key.</param>
    /// <returns>False where the question cannot be kept: it is too long, or is not made of characters.</returns>
    public static bool TryCompute(Credential? credential, RegistryAction action, in Resource resource, out UInt128 key)
    {
        var length = HeaderLength + MaxLengthOf(credential) + MaxLengthOf(resource);
        if (length <= StackLength)
        {
            return TryCompute(stackalloc byte[StackLength], credential, action, resource, out key);
        }

        key = default;
        if (length > MaxLength)
        {
            return false;
        }

        var rented = ArrayPool<byte>.Shared.Rent(length);
        var isComputed = TryCompute(rented, credential, action, resource, out key);
        ArrayPool<byte>.Shared.Return(rented);
        return isComputed;
    }

    /// <summary>Computes the key of a request for a registry token.</summary>
    /// <param name="credential">What was shown.</param>
    /// <param name="scopes">What is wanted, in its order.</param>
    /// <param name="key">The key.</param>
    /// <returns>False where the request cannot be kept: it is too long, or is not made of characters.</returns>
    public static bool TryCompute(Credential credential, ImmutableArray<RepositoryScope> scopes, out UInt128 key)
    {
        // A path has no line break in it, nor has a part of a scope that anything is granted for; others are not kept.
        var wanted = scopes.IsDefault ? [] : scopes;
        var text = string.Join('\n', wanted.Select(static s => $"{s.Name} {string.Join(' ', s.Actions.IsDefault ? [] : s.Actions)}"));
        var length = HeaderLength + MaxLengthOf(credential) + (MaxUtf8PerChar * text.Length);
        key = default;
        if (length > MaxLength || wanted.Any(static s => !IsPlain(s.Name) || s.Actions.IsDefault || s.Actions.Any(static a => !IsPlain(a))))
        {
            return false;
        }

        var rented = ArrayPool<byte>.Shared.Rent(length);
        var isWritten = TryWrite(rented, credential, RegistryAction.None, default, out var written);
        rented[SaltLength] |= OfScopes;
        isWritten &= Encoding.UTF8.TryGetBytes(text, rented.AsSpan(written), out var textLength);
        key = Hash(rented.AsSpan(0, written + textLength));
        ArrayPool<byte>.Shared.Return(rented);
        return isWritten;
    }

    private static bool IsPlain(string? part) => part is not null && !part.AsSpan().ContainsAny(' ', '\n');

    private static UInt128 Hash(Span<byte> input)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        CryptographicOperations.ZeroMemory(input);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }

    private static bool TryCompute(Span<byte> buffer, Credential? credential, RegistryAction action, in Resource resource, out UInt128 key)
    {
        var isWritten = TryWrite(buffer, credential, action, resource, out var length);
        key = Hash(buffer[..length]);
        return isWritten;
    }

    /// <summary>Writes all parts, each with its length or of a fixed length, so that different inputs are never written alike.</summary>
    private static bool TryWrite(Span<byte> buffer, Credential? credential, RegistryAction action, in Resource resource, out int length)
    {
        Salt.CopyTo(buffer);
        buffer[SaltLength] = (byte)((credential is null ? 0 : 1)
            | (credential?.Username is null ? 0 : 2)
            | (resource.IsGroup ? 4 : 0)
            | (resource.LongestPrefix ? 8 : 0)
            | (resource.Project.IsNone ? 0 : 16)
            | (resource.Path.IsNone ? 0 : 32));
        buffer[SaltLength + 1] = (byte)action;
        BinaryPrimitives.WriteInt64LittleEndian(
            buffer[(SaltLength + 2)..], resource.Project.IsNone ? resource.Group.Value : resource.Project.Value);
        length = HeaderLength;
        var secretLength = 0;
        if (credential is not null && !credential.Secret.TryWriteUtf8(buffer[length..], out secretLength))
        {
            return false;
        }

        length += secretLength;
        var isText = Utf8.FromUtf16(credential?.Username, buffer[length..], out _, out var nameLength, replaceInvalidSequences: false)
            == OperationStatus.Done;
        length += nameLength;
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[(HeaderLength - (2 * sizeof(ushort)))..], (ushort)secretLength);
        BinaryPrimitives.WriteUInt16LittleEndian(buffer[(HeaderLength - sizeof(ushort))..], (ushort)nameLength);
        return isText && (int)action is >= 0 and <= byte.MaxValue && TryWritePath(buffer, resource, ref length);
    }

    private static bool TryWritePath(Span<byte> buffer, in Resource resource, ref int length)
    {
        foreach (var segment in resource.Path.Segments)
        {
            if (Ascii.ToLower(segment.ToString(), buffer[length..], out var written) != OperationStatus.Done)
            {
                return false;
            }

            length += written;
            buffer[length++] = (byte)'/';
        }

        return true;
    }

    private static int MaxLengthOf(Credential? credential)
    {
        var length = credential is null ? 0 : (long)credential.Secret.Span.Length + (credential.Username?.Length ?? 0);
        return (int)Math.Min(MaxLength, MaxUtf8PerChar * length);
    }

    private static int MaxLengthOf(in Resource resource)
    {
        var length = 0;
        foreach (var segment in resource.Path.Segments)
        {
            length += segment.ToString().Length + 1;
        }

        return length;
    }
}
