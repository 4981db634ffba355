using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.RegistryTokens;

/// <summary>
/// Writes the JWT that registries verify (reference §3.4). The library writes <c>aud</c> as a string and times as integers, which
/// distribution insists on, and costs 4 microseconds more than writing by hand; signing with ES256 costs 16.
/// </summary>
internal static class RegistryJwt
{
    /// <summary>The claim <c>auth_type</c> of a JWT for anybody.</summary>
    public const string OfNobody = "none";

    /// <summary>The claim <c>auth_type</c> of a JWT for a deploy token.</summary>
    public const string OfADeployToken = "deploy_token";

    /// <summary>The type of every entry in the claim <c>access</c>.</summary>
    public const string Repository = "repository";

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>Registries whose clocks are behind accept a token at once.</summary>
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(5);

    /// <summary>Writes and signs a token.</summary>
    /// <param name="credentials">What to sign with.</param>
    /// <param name="options">Issuer and audience.</param>
    /// <param name="principal">For whom; null: for anybody.</param>
    /// <param name="access">What is granted.</param>
    /// <param name="issuedAt">When, to the second.</param>
    /// <param name="lifetime">For how long.</param>
    public static string Write(
        SigningCredentials credentials,
        RegistryTokenOptions options,
        Principal? principal,
        ImmutableArray<GrantedAccess> access,
        DateTimeOffset issuedAt,
        TimeSpan lifetime)
    {
        var claims = new Dictionary<string, object>
        {
            ["access"] = access.Select(Entry).ToList(),
            ["auth_type"] = principal is null ? OfNobody : OfADeployToken,
        };
        if (principal is not null)
        {
            claims["user"] = Sign(credentials, null, null, issuedAt, lifetime, UserClaims(principal));
        }

        return Sign(credentials, options.Issuer, options.Service, issuedAt, lifetime, claims);
    }

    /// <summary>Signs any claims.</summary>
    public static string Sign(
        SigningCredentials credentials,
        string? issuer,
        string? audience,
        DateTimeOffset issuedAt,
        TimeSpan lifetime,
        Dictionary<string, object> claims)
    {
        claims["jti"] = NewId();
        return Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            IssuedAt = issuedAt.UtcDateTime,
            NotBefore = (issuedAt - ClockDifference).UtcDateTime,
            Expires = (issuedAt + lifetime).UtcDateTime,
            Claims = claims,
            SigningCredentials = credentials,
        });
    }

    /// <summary>The nested JWT says who it is to whoever trusts the key, and nothing else: without audience it opens no registry. It
    /// lives as long as the one around it (GitLab's ends after a minute).</summary>
    private static Dictionary<string, object> UserClaims(Principal principal) => new()
    {
        ["user_info"] = new Dictionary<string, object>
        {
            ["token_type"] = OfADeployToken,
            ["username"] = principal.Username,
            ["deploy_token_id"] = principal.Token.Value,
        },
    };

    private static Dictionary<string, object> Entry(GrantedAccess granted) => new()
    {
        ["type"] = Repository,
        ["name"] = granted.Name,
        ["actions"] = granted.Actions.Select(RegistryAccess.NameOf).ToList(),
        ["meta"] = new Dictionary<string, object>
        {
            ["project_path"] = granted.Project.FullPath.ToLowerInvariant(),
            ["project_id"] = granted.Project.Id.Value,
            ["root_namespace_id"] = granted.Project.Root.Value,
        },
    };

    /// <summary>A version 4 UUID.</summary>
    private static string NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
