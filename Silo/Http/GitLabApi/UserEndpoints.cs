using OrleansTokens.Errors;
using OrleansTokens.Operators;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Operators, under the name that clients know them by: <c>/api/v4/users</c>.</summary>
internal static class UserEndpoints
{
    private const string Noun = "Users";

    public static IntegerParameter UserId { get; } = new("user_id", "Id of the user.") { Required = true, InPath = true };

    private static readonly IntegerParameter Id = new("id", "Id of the user.") { Required = true, InPath = true };

    private static readonly TextParameter RequiredUsername =
        new("username", "The login: a path segment that no group and no other user has.") { Required = true };

    private static readonly TextParameter RequiredName = new("name", "What people call the user.") { Required = true };
    private static readonly TextParameter RequiredEmail = new("email", "Where people reach the user; nothing is sent there.") { Required = true };
    private static readonly TextParameter Username = new("username", "The login.");
    private static readonly TextParameter Name = new("name", "What people call the user.");
    private static readonly TextParameter Email = new("email", "Where people reach the user.");
    private static readonly BooleanParameter Admin = new("admin", "Whether the user may do everything everywhere.");

    private static readonly TextParameter Search =
        new("search", "Only those whose name or username contains this, in any case; for administrators also the address.");

    private static readonly BooleanParameter Active = new("active", "True: only those that are not blocked.") { Fallback = false };
    private static readonly BooleanParameter Blocked = new("blocked", "True: only those that are blocked.") { Fallback = false };
    private static readonly BooleanParameter Admins = new("admins", "True: only administrators. Means nothing when others ask.") { Fallback = false };
    private static readonly ChoiceParameter Sort = new("sort", "Which way the list is sorted, by id.", "asc", "desc") { Fallback = "desc" };

    public static void Map(IEndpointRouteBuilder routes)
    {
        MapReading(routes);
        MapChanges(routes);
    }

    /// <summary>The user of the path, or null.</summary>
    public static Task<OperatorView?> FindAsync(ApiCall call) => FindAsync(call, UserId);

    private static async Task<OperatorView?> FindAsync(ApiCall call, IntegerParameter parameter)
    {
        var id = call.Arguments.Get(parameter);
        return id > 0 ? await call.Operators.GetAsync(new OperatorId(id), call.Aborted) : null;
    }

    /// <summary>The user whose id or username is in the path, or null.</summary>
    public static async Task<OperatorView?> FindAsync(ApiCall call, TextParameter parameter) => PathId.OfGroup(call.Arguments.Get(parameter)) switch
    {
        null => null,
        { Number: { } id } => await call.Operators.GetAsync(new OperatorId(id), call.Aborted),
        { Path: var username } => await call.Operators.FindByUsernameAsync(username!, call.Aborted),
    };

    private static void MapReading(IEndpointRouteBuilder routes)
    {
        routes.MapOperation(
            new(HttpMethod.Get, "/user", "getUser", "The user who calls")
            {
                Noun = Noun,
                Caller = Caller.Operator,
                Answer = typeof(UserBody),
            },
            async call => await call.Operators.GetAsync(call.Caller.Id, call.Aborted) is { } user
                ? call.Answer(UserBody.Whole(user, call.Address) with { IsAdmin = call.Caller.IsAdministrator })
                : GitLabErrors.Unauthorized);
        routes.MapOperation(
            new(HttpMethod.Get, "/users", "listUsers", "Users")
            {
                Noun = Noun,
                Caller = Caller.Operator,
                Parameters = [Search, Username, Active, Blocked, Admins, Sort, Paging.Page, Paging.PerPage],
                Answer = typeof(UserBody[]),
            },
            ListAsync);
        routes.MapOperation(
            new(HttpMethod.Get, "/users/{id}", "getUserById", "A user")
            {
                Noun = Noun,
                Caller = Caller.Operator,
                Parameters = [Id],
                Answer = typeof(UserBody),
            },
            async call => await FindAsync(call, Id) is { } user
                ? call.Answer(UserBody.For(call.Caller, user, call.Address) with { CreatedAt = user.CreatedAt })
                : GitLabErrors.UserNotFound);
    }

    private static void MapChanges(IEndpointRouteBuilder routes)
    {
        routes.MapOperation(
            new(HttpMethod.Post, "/users", "createUser", "Make a user")
            {
                Noun = Noun,
                Description = "There are no passwords: make an operator token for the user, or let an identity provider vouch for it.",
                Caller = Caller.Administrator,
                Parameters = [RequiredUsername, RequiredName, RequiredEmail, Admin],
                Status = StatusCodes.Status201Created,
                Answer = typeof(UserBody),
            },
            async call => call.Answer(UserBody.Whole(await call.Operators.CreateAsync(
                new CreateOperator(
                    call.Arguments.Get(RequiredUsername),
                    call.Arguments.Get(RequiredName),
                    call.Arguments.Get(RequiredEmail),
                    call.Arguments.FindValue(Admin) ?? false,
                    call.Caller.Id),
                call.Aborted), call.Address)));
        routes.MapOperation(
            new(HttpMethod.Put, "/users/{id}", "changeUser", "Change a user")
            {
                Noun = Noun,
                Description = "A role that is taken away is gone when the answer arrives.",
                Caller = Caller.Administrator,
                Parameters = [Id, Username, Name, Email, Admin],
                Answer = typeof(UserBody),
            },
            ChangeAsync);
        routes.MapOperation(Block("block", "blockUser", "Refuse every token of a user from now on"), call => BlockAsync(call, isBlocked: true));
        routes.MapOperation(Block("unblock", "unblockUser", "Let a user in again"), call => BlockAsync(call, isBlocked: false));
    }

    private static Operation Block(string segment, string id, string summary) =>
        new(HttpMethod.Post, $"/users/{{id}}/{segment}", id, summary)
        {
            Noun = Noun,
            Description = "It holds when the answer arrives, which is `true`.",
            Caller = Caller.Administrator,
            Parameters = [Id],
            Status = StatusCodes.Status201Created,
            Answer = typeof(bool),
        };

    private static async Task<IResult> ListAsync(ApiCall call)
    {
        var arguments = call.Arguments;
        var page = Paging.Of(arguments);
        var search = arguments.Find(Search);
        var found = await call.Operators.ListAsync(
            new ListOperators(
                string.IsNullOrEmpty(search) ? null : search,
                SearchEmails: call.Caller.IsAdministrator,
                arguments.Find(Username),
                arguments.Get(Blocked) ? true : arguments.Get(Active) ? false : null,
                arguments.Get(Admins) && call.Caller.IsAdministrator,
                arguments.Get(Sort) == "desc",
                page.Offset,
                page.PerPage),
            call.Aborted);
        return call.AnswerPage(page, found.Total, found.Items, user => UserBody.For(call.Caller, user, call.Address));
    }

    private static async Task<IResult> ChangeAsync(ApiCall call)
    {
        if (await FindAsync(call, Id) is not { } user)
        {
            return GitLabErrors.UserNotFound;
        }

        var arguments = call.Arguments;
        return await RunAsync(call, user, new ChangeOperator(
            arguments.Find(Username), arguments.Find(Name), arguments.Find(Email), arguments.FindValue(Admin), IsBlocked: null, call.Caller.Id))
            is (var changed, var refusal) && refusal is null
            ? call.Answer(UserBody.Whole(changed!, call.Address))
            : refusal!;
    }

    private static async Task<IResult> BlockAsync(ApiCall call, bool isBlocked)
    {
        if (await FindAsync(call, Id) is not { } user)
        {
            return GitLabErrors.UserNotFound;
        }

        if (user.Id == call.Caller.Id)
        {
            return GitLabErrors.Message(
                StatusCodes.Status403Forbidden, "403 Forbidden - The API initiating user cannot be blocked by the API");
        }

        var (_, refusal) = await RunAsync(call, user, new ChangeOperator(null, null, null, null, isBlocked, call.Caller.Id));
        return refusal ?? call.Answer(true);
    }

    private static async Task<(OperatorView? Changed, IResult? Refusal)> RunAsync(ApiCall call, OperatorView user, ChangeOperator change)
    {
        try
        {
            return (await call.Operators.ChangeAsync(user.Id, change, call.Aborted), null);
        }
        catch (TokenAuthorityException refusal) when (refusal.Code == ErrorCode.Conflict)
        {
            return (null, GitLabErrors.Message(StatusCodes.Status403Forbidden, "403 Forbidden - " + refusal.Message));
        }
    }
}
