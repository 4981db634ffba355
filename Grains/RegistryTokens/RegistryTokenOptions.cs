using OrleansTokens.Settings;

namespace OrleansTokens.Grains.RegistryTokens;

/// <summary>With what registry tokens are signed. Registries accept both. Numbers are stored.</summary>
public enum SigningAlgorithm
{
    /// <summary>ECDSA on P-256: the default, an order of magnitude cheaper to sign with.</summary>
    Es256 = 0,

    /// <summary>RSA of 2048 bits, as at GitLab: for registries that know nothing else.</summary>
    Rs256 = 1,
}

/// <summary>How registry tokens are made.</summary>
public sealed class RegistryTokenOptions
{
    /// <summary>The shortest lifetime: 1 minute. A shorter one ends during an ordinary push.</summary>
    public static readonly TimeSpan MinLifetime = TimeSpan.FromMinutes(1);

    /// <summary>The longest lifetime: 1 hour. A registry accepts a token until then, whatever is revoked meanwhile.</summary>
    public static readonly TimeSpan MaxLifetime = TimeSpan.FromHours(1);

    /// <summary>The service of the dependency proxy, which no registry may have for its own.</summary>
    public const string DependencyProxyService = "dependency_proxy";

    private const int MaxTextLength = 255;

    /// <summary>
    /// The <c>iss</c> of every token: 1 to 255 visible ASCII characters, default <c>gitlab-issuer</c>. A registry whose own setting
    /// (<c>auth.token.issuer</c>) differs by a character accepts no token.
    /// </summary>
    public string Issuer { get; init; } = "gitlab-issuer";

    /// <summary>
    /// The <c>aud</c> of every token: 1 to 255 visible ASCII characters, default <c>container_registry</c>. A registry whose own setting
    /// (<c>auth.token.service</c>) differs by a character accepts no token.
    /// </summary>
    public string Service { get; init; } = "container_registry";

    /// <summary>
    /// With what tokens are signed; default <see cref="SigningAlgorithm.Es256"/>. After a change a new key is made at once and signs at
    /// once: a registry that reads its keys from a file accepts its tokens only after it was given the new file.
    /// </summary>
    public SigningAlgorithm Algorithm { get; init; } = SigningAlgorithm.Es256;

    /// <summary>
    /// How long a token lives: <see cref="MinLifetime"/> to <see cref="MaxLifetime"/>, in whole seconds, default 5 minutes. Longer: a
    /// revocation takes longer to reach a registry, by as much. Shorter: long pushes have to ask for a token more often.
    /// </summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a token lives that is made now.</summary>
    internal TimeSpan LifetimeUnder(ApplicationSettings settings) =>
        settings.ContainerRegistryTokenExpireDelay is { } minutes ? TimeSpan.FromMinutes(minutes) : Lifetime;

    /// <summary>All that is wrong: for each setting its name, and the rest of a sentence that begins with it.</summary>
    public IReadOnlyList<(string Setting, string Fault)> Validate()
    {
        var faults = new List<(string, string)>();
        if (!IsVisibleText(Issuer))
        {
            faults.Add((nameof(Issuer), $"must have 1 to {MaxTextLength} visible ASCII characters"));
        }

        if (!IsVisibleText(Service))
        {
            faults.Add((nameof(Service), $"must have 1 to {MaxTextLength} visible ASCII characters"));
        }

        if (Service == DependencyProxyService)
        {
            faults.Add((nameof(Service), "must be another than that of the dependency proxy"));
        }

        if (!Enum.IsDefined(Algorithm))
        {
            faults.Add((nameof(Algorithm), "must be ES256 or RS256"));
        }

        if (Lifetime < MinLifetime || Lifetime > MaxLifetime || Lifetime.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            faults.Add((nameof(Lifetime), $"must be a duration from {MinLifetime:c} to {MaxLifetime:c}, in whole seconds"));
        }

        return faults;
    }

    private static bool IsVisibleText(string? text) =>
        text is { Length: > 0 and <= MaxTextLength } && text.All(static c => c is > ' ' and <= '~');
}
