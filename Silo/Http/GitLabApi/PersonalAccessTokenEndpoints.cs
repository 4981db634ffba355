using OrleansTokens.Errors;
using OrleansTokens.Operators;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Operator tokens, under the name that clients know them by: <c>/api/v4/personal_access_tokens</c>.</summary>
internal static class PersonalAccessTokenEndpoints
{
    private const string Noun = "Personal access tokens";

    private static readonly IntegerParameter TokenId = new("token_id", "Id of the token.") { Required = true, InPath = true };
    private static readonly TextParameter Name = new("name", $"At most {Limits.MaxNameLength} characters; need not be unique.") { Required = true };
    private static readonly TextParameter Description = new("description", "Free text.") { Multiline = true };

    private static readonly ChoiceListParameter Scopes =
        new("scopes", "api: all that the user may do; read_api: only what the user may read.", PersonalAccessTokenScopes.All) { Required = true };

    /// <summary>GitLab's.</summary>
    private const int DaysOfRotated = 7;

    private static readonly TimestampParameter ExpiresAt = Dates.Parameter("it dies");

    private static readonly TimestampParameter NewEnd =
        new("expires_at", $"The day, YYYY-MM-DD, at whose first instant in UTC the new token dies. None: {DaysOfRotated} days from now.");

    private static readonly IntegerParameter OfUser = new("user_id", "Only those of this user.");
    private static readonly ChoiceParameter State = new("state", "Only those that are alive, or that are not.", "active", "inactive");
    private static readonly BooleanParameter Revoked = new("revoked", "Only those that were revoked, or that were not.");
    private static readonly TextParameter Search = new("search", "Only those whose name contains this, in any case.");
    private static readonly ChoiceParameter Sort = new("sort", "Which way the list is sorted, by id.", "asc", "desc") { Fallback = "asc" };

    private static readonly IReadOnlyList<Parameter> ListParameters = [State, Revoked, Search, Sort, Paging.Page, Paging.PerPage];

    public static void Map(IEndpointRouteBuilder routes)
    {
        MapIssuing(routes);
        MapOfUser(routes);
        MapAll(routes);
        MapRotation(routes);
    }

    private static void MapIssuing(IEndpointRouteBuilder routes)
    {
        routes.MapOperation(
            Declare(HttpMethod.Post, "/users/{user_id}/personal_access_tokens", "createPersonalAccessToken", "Make an operator token for a user") with
            {
                Description = "The answer is the only place where the token is ever shown.",
                Caller = Caller.Administrator,
                Parameters = [UserEndpoints.UserId, Name, Description, Scopes, ExpiresAt],
                Status = StatusCodes.Status201Created,
            },
            async call => await UserEndpoints.FindAsync(call) is { } user ? await IssueAsync(call, user.Id) : GitLabErrors.UserNotFound);
        routes.MapOperation(
            Declare(HttpMethod.Post, "/user/personal_access_tokens", "createOwnPersonalAccessToken", "Make an operator token for oneself") with
            {
                Description = "The answer is the only place where the token is ever shown.",
                Parameters = [Name, Description, Scopes, ExpiresAt],
                Status = StatusCodes.Status201Created,
            },
            call => IssueAsync(call, call.Caller.Id));
    }

    private static void MapOfUser(IEndpointRouteBuilder routes)
    {
        const string Path = "/users/{user_id}/personal_access_tokens";
        routes.MapOperation(
            Declare(HttpMethod.Get, Path, "listUserPersonalAccessTokens", "Operator tokens of a user") with
            {
                Parameters = [UserEndpoints.UserId, .. ListParameters],
                Answer = typeof(PersonalAccessTokenBody[]),
            },
            async call => await UserEndpoints.FindAsync(call) is { } user ? await ListAsync(call, user.Id) : GitLabErrors.UserNotFound);
        routes.MapOperation(
            Declare(HttpMethod.Get, Path + "/{token_id}", "getUserPersonalAccessToken", "An operator token of a user") with
            {
                Parameters = [UserEndpoints.UserId, TokenId],
            },
            async call => await FindOfUserAsync(call) is { } token ? Answer(call, token) : GitLabErrors.NotFound);
        routes.MapOperation(
            Delete(Path + "/{token_id}", "deleteUserPersonalAccessToken", UserEndpoints.UserId, TokenId),
            async call => await FindOfUserAsync(call) is { } token ? await RevokeAsync(call, token) : GitLabErrors.NotFound);
    }

    private static void MapAll(IEndpointRouteBuilder routes)
    {
        const string Path = "/personal_access_tokens";
        routes.MapOperation(
            Declare(HttpMethod.Get, Path, "listPersonalAccessTokens", "Operator tokens: all for administrators, one's own for others") with
            {
                Parameters = [OfUser, .. ListParameters],
                Answer = typeof(PersonalAccessTokenBody[]),
            },
            async call => call.Arguments.FindValue(OfUser) is < 1
                ? GitLabErrors.BadParameters($"{OfUser.Name} {Parameter.NotAllowed}")
                : await ListAsync(call, new OperatorId(call.Arguments.FindValue(OfUser) ?? (call.Caller.IsAdministrator ? 0 : call.Caller.Id.Value))));
        routes.MapOperation(
            Declare(HttpMethod.Get, Path + "/self", "getOwnPersonalAccessToken", "The operator token that is shown with the request"),
            call => Task.FromResult(call.CallerToken is { } token ? Answer(call, token) : GitLabErrors.NotFound));
        routes.MapOperation(
            Delete(Path + "/self", "deleteOwnPersonalAccessToken") with { ForEveryToken = true },
            async call => call.CallerToken is { } token ? await RevokeAsync(call, token) : GitLabErrors.NotFound);
        routes.MapOperation(
            Declare(HttpMethod.Get, Path + "/{token_id}", "getPersonalAccessToken", "An operator token") with { Parameters = [TokenId] },
            async call => await FindAsync(call) is { } token ? Answer(call, token) : GitLabErrors.NotFound);
        routes.MapOperation(
            Delete(Path + "/{token_id}", "deletePersonalAccessToken", TokenId),
            async call => await FindAsync(call) is { } token ? await RevokeAsync(call, token) : GitLabErrors.NotFound);
    }

    private static void MapRotation(IEndpointRouteBuilder routes)
    {
        const string Path = "/personal_access_tokens";
        routes.MapOperation(
            Rotate(Path + "/self/rotate", "rotateOwnPersonalAccessToken"),
            async call => call.CallerToken is { } token ? await RotateAsync(call, token) : GitLabErrors.NotFound);
        routes.MapOperation(
            Rotate(Path + "/{token_id}/rotate", "rotatePersonalAccessToken", TokenId),
            async call => await FindAsync(call) is { } token ? await RotateAsync(call, token) : GitLabErrors.NotFound);
    }

    private static Operation Rotate(string path, string id, params IReadOnlyList<Parameter> parameters) =>
        Declare(HttpMethod.Post, path, id, "Replace an operator token by a new one of the same name and scopes") with
        {
            Description = "The old token is dead when the answer arrives, which is the only place where the new one is ever shown.",
            Parameters = [.. parameters, NewEnd],
        };

    private static Operation Declare(HttpMethod method, string path, string id, string summary) => new(method, path, id, summary)
    {
        Noun = Noun,
        Caller = Caller.Operator,
        Answer = typeof(PersonalAccessTokenBody),
    };

    private static Operation Delete(string path, string id, params IReadOnlyList<Parameter> parameters) =>
        Declare(HttpMethod.Delete, path, id, "Revoke an operator token") with
        {
            Description = "The token is dead when the answer arrives, and stays listed as revoked.",
            Parameters = parameters,
            Status = StatusCodes.Status204NoContent,
            Answer = null,
        };

    private static IResult Answer(ApiCall call, OperatorTokenView token) => call.Answer(PersonalAccessTokenBody.Of(token, call.Now));

    private static async Task<IResult> IssueAsync(ApiCall call, OperatorId holder)
    {
        var arguments = call.Arguments;
        try
        {
            var issued = await call.Operators.IssueTokenAsync(
                new IssueOperatorToken(
                    holder,
                    arguments.Get(Name),
                    arguments.Find(Description) ?? string.Empty,
                    PersonalAccessTokenScopes.Parse(arguments.Get(Scopes)),
                    Dates.DayOf(arguments.FindValue(ExpiresAt)),
                    call.Caller.Id),
                call.Aborted);
            return call.Answer(PersonalAccessTokenBody.Of(issued.Token, call.Now) with { Token = issued.Secret.Reveal() });
        }
        catch (TokenAuthorityException refusal) when (refusal is { Code: ErrorCode.InvalidArgument, Faults.IsDefaultOrEmpty: false })
        {
            return GitLabErrors.Sentence(refusal.Faults);
        }
    }

    private static async Task<IResult> ListAsync(ApiCall call, OperatorId holder)
    {
        if (!call.Caller.IsAdministrator && holder != call.Caller.Id)
        {
            return GitLabErrors.Forbidden;
        }

        var arguments = call.Arguments;
        var page = Paging.Of(arguments);
        var search = arguments.Find(Search);
        var state = arguments.Find(State);
        var found = await call.Operators.ListTokensAsync(
            new ListOperatorTokens(
                holder,
                state is null ? null : state == "active",
                arguments.FindValue(Revoked),
                string.IsNullOrEmpty(search) ? null : search,
                arguments.Get(Sort) == "desc",
                page.Offset,
                page.PerPage),
            call.Aborted);
        return call.AnswerPage(page, found.Total, found.Items, token => PersonalAccessTokenBody.Of(token, call.Now));
    }

    /// <summary>The token of the path, where it is the caller's to see.</summary>
    private static async Task<OperatorTokenView?> FindAsync(ApiCall call)
    {
        var id = call.Arguments.Get(TokenId);
        var token = id > 0 ? await call.Operators.FindTokenAsync(new OperatorTokenId(id), call.Aborted) : null;
        return token is not null && (call.Caller.IsAdministrator || token.Operator == call.Caller.Id) ? token : null;
    }

    private static async Task<OperatorTokenView?> FindOfUserAsync(ApiCall call) =>
        await FindAsync(call) is { } token && token.Operator.Value == call.Arguments.Get(UserEndpoints.UserId) ? token : null;

    private static async Task<IResult> RotateAsync(ApiCall call, OperatorTokenView token)
    {
        if (token.IsInstallations)
        {
            return GitLabErrors.Message(
                StatusCodes.Status400BadRequest, "400 Bad request - This token is changed in the settings of the installation.");
        }

        if (!token.IsActive(call.Now))
        {
            return GitLabErrors.Message(
                StatusCodes.Status400BadRequest, $"400 Bad request - Token already {(token.RevokedAt is null ? "expired" : "revoked")}");
        }

        var end = Dates.DayOf(call.Arguments.FindValue(NewEnd) ?? call.Now.AddDays(DaysOfRotated));
        return await call.Operators.RotateTokenAsync(token.Operator, token.Id, end, call.Caller.Id, call.Aborted) is { } issued
            ? call.Answer(PersonalAccessTokenBody.Of(issued.Token, call.Now) with { Token = issued.Secret.Reveal() })
            : GitLabErrors.NotFound;
    }

    private static async Task<IResult> RevokeAsync(ApiCall call, OperatorTokenView token)
    {
        await call.Operators.RevokeTokenAsync(token.Operator, token.Id, call.Caller.Id, call.Aborted);
        return TypedResults.NoContent();
    }
}
