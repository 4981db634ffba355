using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OrleansTokens.Silo.Http.Oidc;

/// <summary>Whom the issuer vouches for.</summary>
/// <param name="Username">The name of the operator.</param>
/// <param name="Name">What people call them, where the issuer says so.</param>
/// <param name="Email">Where people reach them, where the issuer says so.</param>
/// <param name="IsAdministrator">Whether the issuer says that they are an administrator; null where it is not asked.</param>
internal sealed record OidcIdentity(string Username, string? Name, string? Email, bool? IsAdministrator);

/// <summary>Verifies the JWTs of the issuer: signature, issuer, audience, and time.</summary>
internal sealed class OidcVerifier(OidcSettings settings, OidcKeys keys, TimeProvider time)
{
    /// <summary>How far the clocks of the issuer and of this machine may be apart.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(30);

    /// <summary>Asymmetric ones only: neither none, nor one whose key is as public as the issuer's.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    /// <summary>Whom a JWT stands for, or null where it is refused.</summary>
    /// <exception cref="OrleansTokens.Errors.TokenAuthorityException">Unavailable: the keys of the issuer are not known.</exception>
    public async Task<OidcIdentity?> VerifyAsync(OperatorJwt jwt, CancellationToken cancellation)
    {
        // What can be refused without its key is: anybody can send anything, and keys are fetched over the network.
        if (Read(jwt) is not { } claimed || !Algorithms.Contains(claimed.Alg) || claimed.Issuer != settings.Issuer)
        {
            return null;
        }

        var known = await keys.GetAsync(string.IsNullOrEmpty(claimed.Kid) ? null : claimed.Kid, cancellation);
        var result = await _handler.ValidateTokenAsync(jwt.Reveal(), new TokenValidationParameters
        {
            ValidIssuer = settings.Issuer,
            ValidAudience = settings.Audience,
            ValidAlgorithms = Algorithms,
            IssuerSigningKeys = known,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            RequireAudience = true,
            LifetimeValidator = IsInTime,
        });
        return result is { IsValid: true, SecurityToken: JsonWebToken verified } ? Identity(verified) : null;
    }

    private static JsonWebToken? Read(OperatorJwt jwt)
    {
        try
        {
            return new JsonWebToken(jwt.Reveal());
        }
        catch (Exception fault) when (fault is ArgumentException or SecurityTokenException)
        {
            return null; // It only looked like one.
        }
    }

    private bool IsInTime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return expires is { } end && now - Leeway < end && (notBefore is not { } begin || begin <= now + Leeway);
    }

    private OidcIdentity? Identity(JsonWebToken verified) => Text(verified, settings.UsernameClaim) is { } username
        ? new OidcIdentity(
            username,
            Text(verified, JwtRegisteredClaimNames.Name),
            Text(verified, JwtRegisteredClaimNames.Email),
            settings.AdministratorClaim is { } claim
                ? verified.Claims.Any(c => c.Type == claim && c.Value == settings.AdministratorValue)
                : null)
        : null;

    private static string? Text(JsonWebToken verified, string claim) =>
        verified.Claims.FirstOrDefault(c => c.Type == claim)?.Value is { Length: > 0 } value ? value : null;
}
