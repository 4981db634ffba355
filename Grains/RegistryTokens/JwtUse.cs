using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.RegistryTokens;

/// <summary>Verifies JWTs that this authority has signed: signature, issuer, audience and time.</summary>
internal static class JwtUse
{
    private static readonly JsonWebTokenHandler Handler = new() { MaximumTokenSizeInBytes = Limits.MaxJwtLength };

    /// <summary>Takes a JWT apart, and trusts nothing of it yet. Null where it is none.</summary>
    public static JsonWebToken? Parse(string? text)
    {
        if (text is not { Length: > 0 and <= Limits.MaxJwtLength } || !Handler.CanReadToken(text))
        {
            return null;
        }

        try
        {
            return Handler.ReadJsonWebToken(text);
        }
        catch (Exception fault) when (fault is ArgumentException or SecurityTokenException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Why a JWT is not to be trusted; <see cref="DenyReason.None"/> where it is.</summary>
    /// <param name="token">The JWT.</param>
    /// <param name="credentials">The key that it names, with the one algorithm that goes with it.</param>
    /// <param name="issuer">Who must have made it.</param>
    /// <param name="audience">For whom it must be.</param>
    /// <param name="now">The time.</param>
    public static async Task<DenyReason> RefuseAsync(
        JsonWebToken token, SigningCredentials credentials, string issuer, string audience, DateTimeOffset now)
    {
        var result = await Handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            IssuerSigningKey = credentials.Key,
            ValidAlgorithms = [credentials.Algorithm],
            ValidIssuer = issuer,
            ValidAudience = audience,
            ValidateLifetime = false, // By another clock than ours.
        });
        if (!result.IsValid)
        {
            return DenyReason.CredentialForged;
        }

        return token.ValidFrom <= now.UtcDateTime && now.UtcDateTime < token.ValidTo ? DenyReason.None : DenyReason.TokenExpired;
    }
}
