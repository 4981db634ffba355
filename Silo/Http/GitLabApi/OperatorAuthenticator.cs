using OrleansTokens.Client;
using OrleansTokens.Operators;
using OrleansTokens.Silo.Http.Oidc;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Says who calls, by the credential of a request. Asked anew for each: a revocation counts from when its call has returned.</summary>
internal static class OperatorAuthenticator
{
    /// <summary>Who calls, or the refusal of the credential; neither where there is none.</summary>
    public static async Task<(OperatorCaller? Caller, IResult? Refusal)> AuthenticateAsync(HttpContext http)
    {
        var credential = OperatorCredential.Of(http.Request);
        if (credential.Kind is OperatorCredentialKind.None)
        {
            return default;
        }

        if (credential.Jwt is { } jwt && http.RequestServices.GetService<OidcOperators>() is { } vouched)
        {
            var (known, refusal) = await vouched.AuthenticateAsync(jwt, http.RequestAborted);
            return known is null ? (null, Refusal(refusal)) : (new OperatorCaller(known, Token: null, MayChange: true), null);
        }

        if (credential.Token is not { } token)
        {
            return (null, GitLabErrors.Unauthorized);
        }

        var operators = http.RequestServices.GetRequiredService<OperatorAdministration>();
        var found = await operators.AuthenticateAsync(token, http.RequestAborted);
        return found.Operator is { } caller
            ? (new OperatorCaller(caller, found.Token, found.Token!.Scopes.HasFlag(OperatorTokenScopes.Api)), null)
            : (null, Refusal(found.Refusal));
    }

    private static IResult Refusal(OperatorRefusal refusal) => refusal switch
    {
        OperatorRefusal.Revoked => GitLabErrors.RevokedToken,
        OperatorRefusal.Expired => GitLabErrors.ExpiredToken,
        OperatorRefusal.Blocked => GitLabErrors.Blocked,
        _ => GitLabErrors.Unauthorized,
    };
}
