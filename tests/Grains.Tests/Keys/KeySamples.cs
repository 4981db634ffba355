using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Keys;

namespace OrleansTokens.Grains.Tests.Keys;

internal static class KeySamples
{
    /// <summary>The bytes 01 to 20, in the three spellings.</summary>
    public const string OneHex = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20";
    public const string OneBase64 = "AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=";

    /// <summary>The bytes 21 to 40.</summary>
    public const string TwoBase64 = "ISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0A=";

    public const string OneId = "90e85769";
    public const string TwoId = "d4f6c905";
    public const string SecretText = "gldt-AbCdEfGhIjKlMnOpQrSt";

    public static MasterKey One { get; } = new([.. Enumerable.Range(1, 32).Select(i => (byte)i)]);

    public static MasterKey Two { get; } = new([.. Enumerable.Range(33, 32).Select(i => (byte)i)]);

    public static MasterKeyRing OldRing { get; } = MasterKeyRing.Of(One);

    /// <summary>After a rotation: two is the newest, one still recognises.</summary>
    public static MasterKeyRing RotatedRing { get; } = MasterKeyRing.Of(Two, One);

    /// <summary>After the old key was taken away.</summary>
    public static MasterKeyRing NewRing { get; } = MasterKeyRing.Of(Two);

    public static Secret SecretOf(string text) =>
        Secret.TryCreate(text, out var secret) ? secret : throw new ArgumentException("Not a secret.", nameof(text));
}
