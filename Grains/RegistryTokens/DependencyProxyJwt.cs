using System.Collections.Frozen;
using System.Globalization;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.RegistryTokens;

/// <summary>
/// Writes and reads the JWTs of the dependency proxy. Only this authority reads them, so they are under a symmetric key of their own
/// (HKDF from the master key that <c>kid</c> names), as at GitLab: no registry can take one, whatever it is configured to accept, nothing
/// about them has to be published, and a JWT of a registry, which is signed otherwise, cannot pass for one.
/// </summary>
internal sealed class DependencyProxyJwt(MasterKeyRing masterKeys, RegistryTokenOptions options)
{
    private const string TokenIdClaim = "deploy_token_id";

    private readonly FrozenDictionary<string, SigningCredentials> _keys = masterKeys.Keys.ToFrozenDictionary(
        static key => key.Id.ToString(),
        static key => new SigningCredentials(
            new SymmetricSecurityKey(key.DependencyProxyKey.ToArray()) { KeyId = key.Id.ToString() }, SecurityAlgorithms.HmacSha256),
        StringComparer.Ordinal);

    private readonly SigningCredentials _newest = new(
        new SymmetricSecurityKey(masterKeys.Newest.DependencyProxyKey.ToArray()) { KeyId = masterKeys.Newest.Id.ToString() },
        SecurityAlgorithms.HmacSha256);

    /// <summary>Writes a JWT for a deploy token. It names the token, and has no part of its secret.</summary>
    /// <param name="token">The token.</param>
    /// <param name="issuedAt">When, to the second.</param>
    /// <param name="lifetime">How long it lives.</param>
    public string Write(TokenId token, DateTimeOffset issuedAt, TimeSpan lifetime) => RegistryJwt.Sign(
        _newest, options.Issuer, RegistryTokenOptions.DependencyProxyService, issuedAt, lifetime, new Dictionary<string, object>
        {
            [JwtRegisteredClaimNames.Sub] = string.Create(CultureInfo.InvariantCulture, $"deploy-token-{token.Value}"),
            [TokenIdClaim] = token.Value,
        });

    /// <summary>Reads a JWT. The token and time are there where nothing is to be refused.</summary>
    public async Task<(DenyReason Refusal, TokenId Token, DateTimeOffset IssuedAt)> ReadAsync(string text, DateTimeOffset now)
    {
        if (JwtUse.Parse(text) is not { } jwt)
        {
            return (DenyReason.CredentialMalformed, default, default);
        }

        if (!_keys.TryGetValue(jwt.Kid ?? "", out var key))
        {
            return (DenyReason.CredentialForged, default, default);
        }

        var refusal = await JwtUse.RefuseAsync(jwt, key, options.Issuer, RegistryTokenOptions.DependencyProxyService, now);
        if (refusal != DenyReason.None)
        {
            return (refusal, default, default);
        }

        return jwt.TryGetPayloadValue<long>(TokenIdClaim, out var id) && id > 0
            ? (DenyReason.None, new TokenId(id), new DateTimeOffset(jwt.IssuedAt, TimeSpan.Zero))
            : (DenyReason.CredentialMalformed, default, default);
    }
}
