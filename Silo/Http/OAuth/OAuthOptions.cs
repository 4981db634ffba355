using System.Collections.Immutable;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Silo.Http.OAuth;

/// <summary>What a client of the OAuth endpoints may do.</summary>
internal enum OAuthRight
{
    /// <summary>Ask whether a token is alive, and what it is.</summary>
    Introspect,

    /// <summary>Revoke a token that it shows.</summary>
    Revoke,
}

/// <summary>Who may ask the OAuth endpoints; nobody by default.</summary>
internal sealed class OAuthOptions
{
    /// <summary>The most clients: 100. A resource server each; more are better served by one shared gateway.</summary>
    public const int MaxClients = 100;

    /// <summary>The clients, each with an id of its own.</summary>
    public ImmutableArray<OAuthClient> Clients { get; init; } = [];
}

/// <summary>A resource server or tool that may ask.</summary>
/// <param name="Id">Visible ASCII without a colon, which would end it in Basic credentials; at most <see cref="MaxIdLength"/>.</param>
/// <param name="Secret">Visible ASCII, <see cref="MinSecretLength"/> to <see cref="MaxSecretLength"/> characters.</param>
/// <param name="Rights">What it may do.</param>
internal sealed record OAuthClient(string Id, Secret Secret, ImmutableArray<OAuthRight> Rights)
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxIdLength = 100;

    /// <summary>The shortest secret, in characters: shorter ones can be guessed.</summary>
    public const int MinSecretLength = 20;

    /// <summary>The longest secret, in characters: percent-encoded, it still fits into a Basic credential.</summary>
    public const int MaxSecretLength = 256;
}
