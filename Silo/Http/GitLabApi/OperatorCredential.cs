using Microsoft.Extensions.Primitives;
using OrleansTokens.DeployTokens;
using OrleansTokens.Silo.Http.Oidc;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>The credential by which an operator authenticates, as far as a request shows one.</summary>
/// <param name="Kind">What the request shows.</param>
/// <param name="Token">The operator token, not yet authenticated; null unless one was presented.</param>
/// <param name="Jwt">What was presented as Bearer, where it has the shape of a JWT; it may be an operator token all the same.</param>
/// <remarks>
/// A private token (<c>PRIVATE-TOKEN</c> header or <c>private_token</c> query parameter) counts before
/// <c>Authorization: Bearer</c> and the query parameter <c>access_token</c>, as in GitLab: a proxy may add an Authorization of its own.
/// Within one of the two kinds, different values are invalid rather than guessed between. Basic, <c>Deploy-Token</c> and <c>JOB-TOKEN</c> mean nothing here.
/// </remarks>
internal readonly record struct OperatorCredential(OperatorCredentialKind Kind, Secret? Token, OperatorJwt? Jwt = null)
{
    private const string PrivateTokenHeader = "PRIVATE-TOKEN";
    private const string BearerPrefix = "Bearer ";

    /// <summary>Takes the credential out of a request.</summary>
    public static OperatorCredential Of(HttpRequest request)
    {
        var privateTokens = request.Headers[PrivateTokenHeader].Concat(request.Query[SecretParameters.PrivateToken]);
        var credential = OnlyOne(privateTokens);
        if (credential.Kind is not OperatorCredentialKind.None)
        {
            return credential;
        }

        // A JWT is longer than an operator token can be.
        var bearers = BearerTokens(request.Headers.Authorization).Concat(request.Query[SecretParameters.AccessToken].OfType<string>())
            .Select(static bearer => bearer.Trim()).Distinct().ToList();
        return OnlyOne(bearers) with { Jwt = bearers is [var only] && OperatorJwt.TryCreate(only, out var jwt) ? jwt : null };
    }

    private static OperatorCredential OnlyOne(IEnumerable<string?> sent)
    {
        var values = sent.Where(value => !string.IsNullOrWhiteSpace(value)).Select(value => value!.Trim()).Distinct().Take(2).ToList();
        return values switch
        {
            [] => default,
            [var value] when IsPrintable(value) && Secret.TryCreate(value, out var token) =>
                new OperatorCredential(OperatorCredentialKind.Presented, token),
            _ => new OperatorCredential(OperatorCredentialKind.Invalid, null),
        };
    }

    private static IEnumerable<string> BearerTokens(StringValues headers) => headers
        .Where(header => header?.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) is true)
        .Select(header => header![BearerPrefix.Length..]);

    private static bool IsPrintable(string value) => !value.AsSpan().ContainsAnyExceptInRange('!', '~');
}

/// <summary>What a request presents as its operator's credential.</summary>
internal enum OperatorCredentialKind
{
    /// <summary>Nothing: the caller is anonymous.</summary>
    None = 0,

    /// <summary>One credential, not yet authenticated.</summary>
    Presented = 1,

    /// <summary>Something that cannot be one: too long, unprintable, or several that differ.</summary>
    Invalid = 2,
}
