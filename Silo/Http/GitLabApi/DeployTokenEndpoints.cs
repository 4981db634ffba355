using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Deploy tokens of projects, of groups, and of the whole installation.</summary>
internal static class DeployTokenEndpoints
{
    private const string Noun = "Deploy tokens";

    private static readonly IntegerParameter TokenIdParameter = new("token_id", "Id of the deploy token.") { Required = true, InPath = true };
    private static readonly BooleanParameter Active =
        new("active", "True: only those neither revoked nor expired. Otherwise all.") { Fallback = false };

    private static readonly TextParameter Name = new("name", $"At most {Limits.MaxNameLength} characters; need not be unique.")
    {
        Required = true,
        AnyCharacter = true,
        AnyLength = true,
    };

    private static readonly TimestampParameter ExpiresAt =
        new("expires_at", "When it dies, in ISO 8601; a date alone is its first instant in UTC. None: never.");

    private static readonly TextParameter Username =
        new("username", "Letters, digits, '_', '-', '+' and '.'. None: gitlab+deploy-token-{id}.") { AnyCharacter = true, AnyLength = true };

    private static readonly ChoiceListParameter Scopes = new("scopes", "What it is granted; at least one.", ScopeNames.AllNames) { Required = true };
    private static readonly TextParameter Reason =
        new("reason", $"Why, for the record; at most {Limits.MaxReasonLength} characters.") { Multiline = true };

    public static void Map(IEndpointRouteBuilder routes)
    {
        MapHolder(routes, NamespaceKind.Project, "/projects/{id}/deploy_tokens", "Project");
        MapHolder(routes, NamespaceKind.Group, "/groups/{id}/deploy_tokens", "Group");
        MapInstance(routes);
    }

    private static void MapHolder(IEndpointRouteBuilder routes, NamespaceKind kind, string path, string holder)
    {
        // As at GitLab: in a group, maintainers look, and owners make and take away.
        var changing = kind is NamespaceKind.Group ? TargetAccess.Own : TargetAccess.Maintain;
        var word = holder.ToLowerInvariant();
        Operation Declare(HttpMethod method, string segment, string verb, string summary) =>
            new(method, path + segment, verb + holder + "DeployToken", summary)
            {
                Noun = Noun,
                Target = kind,
                Access = method == HttpMethod.Get ? TargetAccess.Maintain : changing,
                Answer = typeof(DeployTokenBody),
            };

        routes.MapOperation(
            Declare(HttpMethod.Get, "", "list", $"Deploy tokens of a {word}") with
            {
                Id = $"list{holder}DeployTokens",
                Parameters = [Active, Paging.Page, Paging.PerPage],
                Answer = typeof(DeployTokenBody[]),
            },
            call => ListAsync(call, call.Target.Id));
        routes.MapOperation(
            Declare(HttpMethod.Post, "", "create", $"Issue a deploy token of a {word}") with
            {
                Description = "The answer is the only place where the token is ever shown.",
                Parameters = [Name, ExpiresAt, Username, Scopes],
                Status = StatusCodes.Status201Created,
            },
            IssueAsync);
        routes.MapOperation(
            Declare(HttpMethod.Get, "/{token_id}", "get", $"A deploy token of a {word}") with { Parameters = [TokenIdParameter] },
            call => GetAsync(call, call.Target.Id));
        routes.MapOperation(
            Revoke(Declare(HttpMethod.Post, "/{token_id}/revoke", "revoke", $"Revoke a deploy token of a {word}")),
            call => RevokeAsync(call, call.Target.Id));
        routes.MapOperation(
            Destroy(Declare(HttpMethod.Delete, "/{token_id}", "delete", $"Revoke a deploy token of a {word} and remove it from lists")),
            call => DestroyAsync(call, call.Target.Id));
        routes.MapOperation(
            Declare(HttpMethod.Post, "/revoke", "revokeAll", $"Revoke every deploy token of a {word}") with
            {
                Id = $"revoke{holder}DeployTokens",
                Description = (kind is NamespaceKind.Group ? "Those of the groups and projects below it too. " : "")
                    + "Not at GitLab. All that were issued before are dead when the answer arrives, however many there are, and stay dead wherever "
                    + "they are moved; those issued after it work. Each call is a new revocation.",
                Parameters = [Reason],
                Answer = typeof(SubtreeRevocationBody),
            },
            RevokeAllAsync);
    }

    private static void MapInstance(IEndpointRouteBuilder routes)
    {
        static Operation Declare(HttpMethod method, string segment, string id, string summary) =>
            new(method, "/deploy_tokens" + segment, id, summary)
            {
                Noun = Noun,
                Caller = Caller.Administrator,
                Answer = typeof(DeployTokenBody),
            };

        routes.MapOperation(
            Declare(HttpMethod.Get, "", "listDeployTokens", "All deploy tokens") with
            {
                Parameters = [Active, Paging.Page, Paging.PerPage],
                Answer = typeof(DeployTokenBody[]),
            },
            call => ListAsync(call, holder: default));
        routes.MapOperation(
            Declare(HttpMethod.Get, "/{token_id}", "getDeployToken", "A deploy token, whoever holds it") with { Parameters = [TokenIdParameter] },
            call => GetAsync(call, holder: default));
        routes.MapOperation(
            Revoke(Declare(HttpMethod.Post, "/{token_id}/revoke", "revokeDeployToken", "Revoke a deploy token, whoever holds it")),
            call => RevokeAsync(call, holder: default));
        routes.MapOperation(
            Destroy(Declare(HttpMethod.Delete, "/{token_id}", "deleteDeployToken", "Revoke a deploy token and remove it from lists")),
            call => DestroyAsync(call, holder: default));
    }

    private static Operation Revoke(Operation operation) => operation with
    {
        Description = "The token is dead when the answer arrives. Revoking again changes nothing.",
        Parameters = [TokenIdParameter, Reason],
    };

    private static Operation Destroy(Operation operation) => operation with
    {
        Description = "The token is dead when the answer arrives.",
        Parameters = [TokenIdParameter],
        Status = StatusCodes.Status204NoContent,
        Answer = null,
    };

    private static async Task<IResult> ListAsync(ApiCall call, NamespaceId holder)
    {
        var page = Paging.Of(call.Arguments);
        var found = await call.Authority.ListTokensAsync(
            new ListDeployTokens(holder, call.Arguments.Get(Active), page.Offset, page.PerPage), call.Aborted);
        return call.AnswerPage(page, found.Total, found.Items, token => DeployTokenBody.Of(token, call.Now));
    }

    private static async Task<IResult> IssueAsync(ApiCall call)
    {
        var arguments = call.Arguments;
        var scopes = arguments.Get(Scopes).Aggregate(
            DeployTokenScopes.None, (all, name) => ScopeNames.TryParse(name, out var scope) ? all | scope : all);
        try
        {
            var issued = await call.Authority.IssueTokenAsync(
                new IssueDeployToken(
                    call.Target.Id,
                    arguments.Get(Name),
                    arguments.Find(Username),
                    scopes,
                    arguments.FindValue(ExpiresAt),
                    call.Caller.Id),
                call.Aborted);
            return call.Answer(DeployTokenBody.Of(issued.Token, call.Now) with { Token = issued.Secret.Reveal() });
        }
        catch (TokenAuthorityException refusal) when (refusal is { Code: ErrorCode.InvalidArgument, Faults.IsDefaultOrEmpty: false })
        {
            return GitLabErrors.Sentence(refusal.Faults);
        }
    }

    private static async Task<IResult> GetAsync(ApiCall call, NamespaceId holder) =>
        await FindAsync(call, holder) is { } token ? call.Answer(DeployTokenBody.Of(token, call.Now)) : GitLabErrors.NotFound;

    private static async Task<IResult> RevokeAsync(ApiCall call, NamespaceId holder)
    {
        var reason = call.Arguments.Find(Reason) ?? string.Empty;
        return await FindAsync(call, holder) is { } token
            && await call.Authority.RevokeTokenAsync(token.Id, call.Caller.Id, reason, call.Aborted) is { } receipt
            ? call.Answer(DeployTokenBody.Of(receipt.Token, call.Now))
            : GitLabErrors.NotFound;
    }

    private static async Task<IResult> RevokeAllAsync(ApiCall call)
    {
        var reason = call.Arguments.Find(Reason) ?? string.Empty;
        var receipt = await call.Authority.RevokeTokensAsync(call.Target.Id, call.Caller.Id, reason, call.Aborted);
        return call.Answer(SubtreeRevocationBody.Of(receipt.Revocation));
    }

    private static async Task<IResult> DestroyAsync(ApiCall call, NamespaceId holder) =>
        await FindAsync(call, holder) is { } token && await call.Authority.DestroyTokenAsync(token.Id, call.Caller.Id, call.Aborted)
            ? TypedResults.NoContent()
            : GitLabErrors.NotFound;

    /// <summary>The token of the path, if that holder has it; any holder's where none is named.</summary>
    private static async Task<DeployTokenView?> FindAsync(ApiCall call, NamespaceId holder)
    {
        var id = call.Arguments.Get(TokenIdParameter);
        var token = id > 0 ? await call.Authority.GetTokenAsync(new TokenId(id), call.Aborted) : null;
        return holder.IsNone || token?.Holder == holder ? token : null;
    }
}
