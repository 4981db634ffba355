using System.Security.Cryptography;
using CsCheck;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Grains.Interfaces.Tests.DeployTokens;

public sealed class KeyedHashTests
{
    [Fact]
    public void Compute_OfAnyMessages_IsHmacSha256() => Gen.Select(Gen.Byte.Array[1, 100], Gen.Byte.Array[0, 200].Array[1, 5]).Sample(static (key, messages) =>
    {
        var hash = new KeyedHash(key);
        foreach (var message in messages)
        {
            Assert.Equal(HMACSHA256.HashData(key, message), Compute(hash, message));
        }
    });

    [Fact]
    public void Compute_ByManyThreadsAtOnce_IsHmacSha256()
    {
        var key = RandomNumberGenerator.GetBytes(32);
        var hash = new KeyedHash(key);
        Parallel.For(0, 20_000, i =>
        {
            var message = BitConverter.GetBytes(i);
            Assert.Equal(HMACSHA256.HashData(key, message), Compute(hash, message));
        });
    }

    private static byte[] Compute(KeyedHash hash, byte[] message)
    {
        var mac = new byte[KeyedHash.Length];
        hash.Compute(message, mac);
        return mac;
    }
}
