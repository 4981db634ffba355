namespace OrleansTokens;

/// <summary>Every maximum of the system, each with its reason.</summary>
public static class Limits
{
    /// <summary>
    /// The longest secret, in UTF-16 code units: 1024. Our own are under 80; imported ones (JWT-like or from other vendors)
    /// stay well below. It bounds the work an anonymous caller can cause with one credential.
    /// </summary>
    public const int MaxSecretLength = 1024;

    /// <summary>
    /// The longest token prefix, in characters: 32. A prefix is for secret scanners and for people to recognise;
    /// what is longer only makes tokens hard to paste.
    /// </summary>
    public const int MaxTokenPrefixLength = 32;

    /// <summary>
    /// The most token prefixes accepted at once, the issuing one included: 8. Each is compared with every presented secret;
    /// an installation changes its prefix a few times in its life.
    /// </summary>
    public const int MaxTokenPrefixes = 8;

    /// <summary>
    /// The most master keys configured at once: 8. A forged token and an imported secret cost one HMAC for each; a rotation needs two.
    /// </summary>
    public const int MaxMasterKeys = 8;

    /// <summary>
    /// The longest content of a sealed box, in bytes: 16 KiB. A secret has at most 3 KiB, a private RSA key of 4096 bits less than 4.
    /// </summary>
    public const int MaxSealedContentLength = 16 * 1024;
}
