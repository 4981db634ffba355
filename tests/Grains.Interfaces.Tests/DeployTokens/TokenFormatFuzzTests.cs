using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Grains.Interfaces.Tests.DeployTokens;

/// <summary>
/// A million damaged tokens, the same ones in every run, each judged by the parser and by a slow, obvious reading of the
/// format's description; the two have to agree, and nothing but what was issued may be ours.
/// </summary>
public sealed partial class TokenFormatFuzzTests(ITestOutputHelper output)
{
    private const int Mutants = 1_000_000;
    private const ulong Seed = 0x6F72_6C65_616E_7331;
    private const string Prefix = TokenPrefixes.DefaultPrefix;
    private const string Base64UrlCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly byte[] KeyBytes = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly TagKey[] Keys = [new(KeyBytes)];

    [Fact]
    public void VerifyTag_OfAMillionMutants_AgreesWithTheDescriptionAndTakesNoneButTheIssued()
    {
        output.WriteLine($"Seed {Seed:x16}, {Mutants} mutants.");
        var random = new SplitMix(Seed);
        var issued = Issued(ref random);
        var originals = issued.ToHashSet();
        var counts = new int[4];
        for (var i = 0; i < Mutants; i++)
        {
            var text = Mutate(issued[random.Below(issued.Length)], issued, ref random);
            if (!Secret.TryCreate(text, out var secret))
            {
                continue;
            }

            var shape = TokenFormat.VerifyTag(secret, TokenPrefixes.Default, Keys, out var token);
            var (expectedShape, expectedToken) = Describe(text);
            Assert.True(
                shape == expectedShape && token == expectedToken && (shape == TokenShape.Ours) == originals.Contains(text),
                $"Seed {Seed:x16}, mutant {i}: {shape} instead of {expectedShape} for \"{text}\"");
            counts[(int)shape]++;
        }

        output.WriteLine(string.Join(", ", Enum.GetValues<TokenShape>().Select(shape => $"{shape} {counts[(int)shape]}")));

        // The mutations have to reach every branch, or the million proves less than it seems to.
        Assert.All(counts, count => Assert.True(count > 1000));
    }

    private static string[] Issued(ref SplitMix random)
    {
        var issued = new string[256];
        for (var i = 0; i < issued.Length; i++)
        {
            var tokenId = (long)(random.Next() >> (1 + random.Below(63))) | 1;
            var secretBytes = new byte[TokenFormat.RandomLength];
            foreach (ref var b in secretBytes.AsSpan())
            {
                b = (byte)random.Next();
            }

            issued[i] = TokenFormat.Issue(TokenPrefixes.Default, (byte)random.Next(), tokenId, Keys[0], secretBytes).Reveal();
        }

        return issued;
    }

    private static string Mutate(string text, string[] issued, ref SplitMix random)
    {
        for (var rounds = 1 + random.Below(3); rounds > 0; rounds--)
        {
            var at = random.Below(text.Length);
            text = random.Below(9) switch
            {
                0 => string.Concat(text.AsSpan(0, at), [OurCharacter(ref random)], text.AsSpan(at + 1)),
                1 => string.Concat(text.AsSpan(0, at), [(char)random.Next()], text.AsSpan(at + 1)),
                2 => text.Insert(at, OurCharacter(ref random).ToString()),
                3 => text.Remove(at, 1),
                4 => text[..at] + text[(at / 2)..],
                5 => text + OurCharacter(ref random),
                6 => text[..at] + issued[random.Below(issued.Length)][Math.Min(at, Prefix.Length + 36)..],
                _ => MutateBytes(text, ref random),
            };
            if (text.Length == 0)
            {
                text = Prefix;
            }
        }

        return text;
    }

    /// <summary>Damages what is encoded and encodes it well, so that the damage gets past the decoder.</summary>
    private static string MutateBytes(string text, ref SplitMix random)
    {
        if (text.Length <= Prefix.Length || !Base64Url.IsValid(text.AsSpan(Prefix.Length)))
        {
            return text;
        }

        List<byte> payload = [.. Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length))];
        var at = random.Below(payload.Count);
        switch (random.Below(4))
        {
            case 0:
                payload[at] ^= (byte)(1 << random.Below(8));
                break;
            case 1:
                payload.Insert(at, (byte)random.Next());
                break;
            case 2:
                payload.RemoveAt(at);
                break;
            default:
                payload[random.Below(Math.Min(12, payload.Count))] = (byte)random.Next();
                break;
        }

        return Prefix + Base64Url.EncodeToString([.. payload]);
    }

    private static char OurCharacter(ref SplitMix random) => Base64UrlCharacters[random.Below(Base64UrlCharacters.Length)];

    private static (TokenShape Shape, ParsedToken Token) Describe(string text)
    {
        if (!PayloadShape().IsMatch(text))
        {
            return (TokenShape.NotOurs, default);
        }

        var encoded = text[Prefix.Length..];
        if (encoded.Length % 4 == 1)
        {
            return (TokenShape.Malformed, default);
        }

        var padded = encoded.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (encoded.Length % 4)) % 4);
        var payload = Convert.FromBase64String(padded);
        var idBytes = payload[2..^24];
        if (Convert.ToBase64String(payload) != padded || payload[0] != 1 || !IsMinimalId(idBytes))
        {
            return (TokenShape.Malformed, default);
        }

        byte[] message = [.. Encoding.ASCII.GetBytes(Prefix), .. payload[..^6]];
        var mac = HMACSHA256.HashData(KeyBytes, message);
        if (!mac.AsSpan(..6).SequenceEqual(payload.AsSpan(^6..)))
        {
            return (TokenShape.Forged, default);
        }

        var tokenId = idBytes.Reverse().Aggregate(0L, (id, b) => (id * 128) + (b % 128));
        return (TokenShape.Ours, new ParsedToken(1, payload[1], tokenId));
    }

    private static bool IsMinimalId(byte[] id) => id.Length > 0 && id[..^1].All(b => b >= 128) && id[^1] is > 0 and < 128;

    [GeneratedRegex(@"\Agldt-A[A-Za-z0-9_-]{35,46}\z")]
    private static partial Regex PayloadShape();

    /// <summary>SplitMix64: the same numbers in every run and on every platform.</summary>
    private struct SplitMix(ulong state)
    {
        public ulong Next()
        {
            state += 0x9E3779B97F4A7C15;
            var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return mixed ^ (mixed >> 31);
        }

        public int Below(int bound) => (int)(Next() % (ulong)bound);
    }
}
