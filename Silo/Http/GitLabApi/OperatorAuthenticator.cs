using OrleansTokens.Client;
using OrleansTokens.Operators;
using OrleansTokens.Silo.Http.Oidc;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Says who calls, by the credential of a request. Asked anew for each: a revocation counts from when its call has returned.</summary>
internal static class OperatorAuthenticator
{
    /// <summary>The parameter that asks for a request to be run as another operator.</summary>
    public const string SudoParameter = "sudo";

    private const string SudoHeader = "Sudo";

    /// <summary>Who calls, or the refusal of the credential, or both where it is good for something else than this request; neither where
    /// there is none.</summary>
    public static async Task<(OperatorCaller? Caller, IResult? Refusal)> AuthenticateAsync(HttpContext http)
    {
        var (caller, refusal) = await IdentifyAsync(http);

        // To run such a request as its caller would do in one's name what was meant to be done in another's.
        return (caller, refusal ?? (AsksToBeAnother(http.Request) ? RefusalToBeAnother(caller) : null));
    }

    private static bool AsksToBeAnother(HttpRequest request) =>
        request.Headers.ContainsKey(SudoHeader) || request.Query.ContainsKey(SudoParameter);

    private static IResult RefusalToBeAnother(OperatorCaller? caller) => caller switch
    {
        null => GitLabErrors.Unauthorized,
        { Operator.IsAdministrator: false } => GitLabErrors.SudoForbidden,
        _ => GitLabErrors.SudoScopeMissing,
    };

    private static async Task<(OperatorCaller? Caller, IResult? Refusal)> IdentifyAsync(HttpContext http)
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
