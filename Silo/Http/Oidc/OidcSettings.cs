namespace OrleansTokens.Silo.Http.Oidc;

/// <summary>The identity provider whose JWTs let operators in.</summary>
internal sealed record OidcSettings
{
    public const string DefaultUsernameClaim = "preferred_username";

    /// <summary>The issuer, exactly as it is in <c>iss</c> and in its own discovery document.</summary>
    public required string Issuer { get; init; }

    /// <summary>What must be in <c>aud</c>, so that a JWT meant for somebody else lets nobody in here.</summary>
    public required string Audience { get; init; }

    /// <summary>The claim that names the operator. Whoever can choose its value is whom they please.</summary>
    public string UsernameClaim { get; init; } = DefaultUsernameClaim;

    /// <summary>The claim by which the issuer says who is an administrator; null: operators are what they are here.</summary>
    public string? AdministratorClaim { get; init; }

    /// <summary>The value of that claim, or one of its values, that makes an administrator.</summary>
    public string? AdministratorValue { get; init; }

    /// <summary>Whether somebody whom the issuer vouches for, and who is no operator yet, becomes one; never an administrator.</summary>
    public bool CreateOperators { get; init; }

    /// <summary>Whether documents of the issuer may be read from there: over TLS, or from this machine.</summary>
    public static bool IsSafe(Uri address) =>
        address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback));
}
