using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using OrleansTokens.DeployTokens;
using OrleansTokens.RegistryTokens;

namespace OrleansTokens.Grains.RegistryTokens;

/// <summary>What a JWT for a registry says that <see cref="RegistryJwt"/> has written and whose signature is verified.</summary>
/// <param name="Token">The deploy token it was made for; none: for anybody.</param>
/// <param name="IssuedAt">When.</param>
/// <param name="Access">What it grants.</param>
internal sealed record VouchedToken(TokenId Token, DateTimeOffset IssuedAt, ImmutableArray<RepositoryScope> Access)
{
    /// <summary>Whether it grants all of this.</summary>
    public bool Grants(ImmutableArray<RepositoryScope> scopes) => scopes.All(scope => scope.Actions.All(action =>
        Access.Any(granted => granted.Name == scope.Name && granted.Actions.Contains(action))));

    /// <summary>Reads the claims; null where they are not those of <see cref="RegistryJwt"/>.</summary>
    public static VouchedToken? Read(JsonWebToken jwt)
    {
        if (!jwt.TryGetPayloadValue<string>("auth_type", out var type) || !jwt.TryGetPayloadValue<JsonElement>("access", out var access)
            || ReadAccess(access) is not { } scopes)
        {
            return null;
        }

        TokenId? token = type switch
        {
            RegistryJwt.OfNobody when !jwt.TryGetPayloadValue<string>("user", out _) => default(TokenId),
            RegistryJwt.OfADeployToken when jwt.TryGetPayloadValue<string>("user", out var user) => ReadUser(user),
            _ => null,
        };
        return token is { } id ? new VouchedToken(id, new DateTimeOffset(jwt.IssuedAt, TimeSpan.Zero), scopes) : null;
    }

    /// <summary>The nested JWT. What it is nested in is signed, so its own signature says nothing more.</summary>
    private static TokenId? ReadUser(string nested) =>
        JwtUse.Parse(nested) is { } jwt
        && jwt.TryGetPayloadValue<JsonElement>("user_info", out var user) && user.ValueKind == JsonValueKind.Object
        && user.TryGetProperty("token_type", out var type) && type.ValueEquals(RegistryJwt.OfADeployToken)
        && user.TryGetProperty("deploy_token_id", out var id) && id.TryGetInt64(out var number) && number > 0
            ? new TokenId(number)
            : null;

    private static ImmutableArray<RepositoryScope>? ReadAccess(JsonElement access)
    {
        if (access.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var scopes = ImmutableArray.CreateBuilder<RepositoryScope>();
        foreach (var entry in access.EnumerateArray())
        {
            if (entry.GetProperty("type").ValueEquals(RegistryJwt.Repository))
            {
                var actions = entry.GetProperty("actions").EnumerateArray().Select(static action => action.GetString() ?? "");
                scopes.Add(new RepositoryScope(entry.GetProperty("name").GetString() ?? "", [.. actions]));
            }
        }

        return scopes.ToImmutable();
    }
}
