using OrleansTokens.DeployTokens;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>What a token is that somebody found, and its revocation: <c>/api/v4/admin/token</c> (reference §5).</summary>
internal static class TokenInformationEndpoints
{
    private static readonly TextParameter Token = new("token", "The token as a user pastes it.") { Required = true };

    public static void Map(IEndpointRouteBuilder routes)
    {
        static Operation Declare(HttpMethod method, string id, string summary) => new(method, "/admin/token", id, summary)
        {
            Noun = "Deploy tokens",
            Description = "The kind of token is told by its prefix: 422 where it is not that of deploy tokens, 404 where no token has this secret.",
            Caller = Caller.Administrator,
            Parameters = [Token],
            HasBody = true,
        };

        routes.MapOperation(
            Declare(HttpMethod.Post, "identifyToken", "The token that a secret is of, a revoked or expired one too") with
            {
                Answer = typeof(DeployTokenBody),
            },
            call => WithTokenAsync(call, (token, _) => Task.FromResult<IResult>(call.Answer(DeployTokenBody.Of(token, call.Now)))));
        routes.MapOperation(
            Declare(HttpMethod.Delete, "revokeToken", "Revoke the token that a secret is of") with
            {
                Status = StatusCodes.Status204NoContent,
            },
            call => WithTokenAsync(call, async (_, secret) =>
            {
                await call.Authority.RevokeBySecretAsync(secret, call.Caller.Id, "Shown at /admin/token.", call.Aborted);
                return TypedResults.NoContent();
            }));
    }

    private static async Task<IResult> WithTokenAsync(ApiCall call, Func<DeployTokenView, Secret, Task<IResult>> answer)
    {
        if (!Secret.TryCreate(call.Arguments.Get(Token), out var secret))
        {
            return GitLabErrors.UnsupportedTokenType;
        }

        var found = await call.Authority.IdentifyTokenAsync(secret, call.Aborted);
        return found switch
        {
            { HasPrefix: false } => GitLabErrors.UnsupportedTokenType,
            { Token: { } token } => await answer(token, secret),
            _ => GitLabErrors.SecretNotFound,
        };
    }
}
