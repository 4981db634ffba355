using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Members of groups and projects: <c>/api/v4/{groups,projects}/:id/members</c>.</summary>
internal static class MemberEndpoints
{
    private const string Noun = "Members";

    private static readonly IntegerParameter MemberId = new("user_id", "Id of the user.") { Required = true, InPath = true };
    private static readonly IntegerParameter NewMember = new("user_id", "Id of the user; this or the username.");
    private static readonly TextParameter NewMemberName = new("username", "Username of the user, in any case.");

    private static readonly IntegerChoiceParameter Level = new(
        "access_level",
        "10 guest, 15 planner, 20 reporter, 30 developer, 40 maintainer, 50 owner.",
        [.. Enum.GetValues<AccessLevel>().Where(static level => level != AccessLevel.None).Select(static level => (long)level)])
    {
        Required = true,
    };

    private static readonly TimestampParameter ExpiresAt = Dates.Parameter("the membership ends");
    private static readonly TextParameter Query = new("query", "Only those whose name or username contains this, in any case.");

    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, NamespaceKind.Project, "/projects/{id}/members", "Project", TargetAccess.Maintain);
        Map(routes, NamespaceKind.Group, "/groups/{id}/members", "Group", TargetAccess.Own);
    }

    private static void Map(IEndpointRouteBuilder routes, NamespaceKind kind, string path, string holder, TargetAccess managing)
    {
        var word = holder.ToLowerInvariant();
        Operation Declare(HttpMethod method, string segment, string id, string summary) => new(method, path + segment, id, summary)
        {
            Noun = Noun,
            Caller = Caller.Operator,
            Target = kind,
            Answer = typeof(MemberBody),
        };

        Operation List(string segment, string id, string summary) => Declare(HttpMethod.Get, segment, id, summary) with
        {
            Parameters = [Query, Paging.Page, Paging.PerPage],
            Answer = typeof(MemberBody[]),
        };

        routes.MapOperation(List("", $"list{holder}Members", $"Members of a {word} itself"), call => ListAsync(call, inherited: false));
        routes.MapOperation(
            List("/all", $"listAll{holder}Members", $"Members of a {word}, and of the groups above it"), call => ListAsync(call, inherited: true));
        routes.MapOperation(
            Declare(HttpMethod.Get, "/{user_id}", $"get{holder}Member", $"A member of a {word} itself") with { Parameters = [MemberId] },
            call => GetAsync(call, inherited: false));
        routes.MapOperation(
            Declare(HttpMethod.Get, "/all/{user_id}", $"getAny{holder}Member", $"A member of a {word}, or of a group above it") with
            {
                Parameters = [MemberId],
            },
            call => GetAsync(call, inherited: true));
        routes.MapOperation(
            Declare(HttpMethod.Post, "", $"add{holder}Member", $"Make a user a member of a {word}") with
            {
                Access = managing,
                Parameters = [Level, NewMember, NewMemberName, ExpiresAt],
                Rules = [new ParameterRule.AtMostOne(NewMember, NewMemberName), new ParameterRule.AtLeastOne(NewMember, NewMemberName)],
                Status = StatusCodes.Status201Created,
            },
            AddAsync);
        routes.MapOperation(
            Declare(HttpMethod.Put, "/{user_id}", $"change{holder}Member", "Change what a member may do") with
            {
                Description = "What is taken away is gone when the answer arrives.",
                Access = managing,
                Parameters = [MemberId, Level, ExpiresAt],
            },
            ChangeAsync);
        routes.MapOperation(
            Declare(HttpMethod.Delete, "/{user_id}", $"remove{holder}Member", $"End a membership of a {word}") with
            {
                Description = "It has ended when the answer arrives. Everybody may leave.",
                Parameters = [MemberId],
                Status = StatusCodes.Status204NoContent,
                Answer = null,
            },
            call => RemoveAsync(call, managing));
    }

    private static async Task<IResult> ListAsync(ApiCall call, bool inherited)
    {
        // A group has a thousand members of its own at most, and twenty groups above it.
        var page = Paging.Of(call.Arguments);
        var members = await call.Operators.GetMembersAsync(call.Target.Id, inherited, call.Aborted);
        if (call.Arguments.Find(Query) is { Length: > 0 } query)
        {
            var all = await WithUsersAsync(call, members);
            var fitting = all.Where(m => Contains(m.User.Name, query) || Contains(m.User.Username, query)).ToList();
            return call.AnswerPage(
                page, fitting.Count, fitting.Skip(page.Offset).Take(page.PerPage), m => MemberBody.Of(m.Member, m.User, call.Address));
        }

        var shown = await WithUsersAsync(call, members.Skip(page.Offset).Take(page.PerPage));
        return call.AnswerPage(page, members.Length, shown, m => MemberBody.Of(m.Member, m.User, call.Address));
    }

    private static async Task<IResult> GetAsync(ApiCall call, bool inherited)
    {
        var member = await FindAsync(call, inherited);
        return member is null ? GitLabErrors.NotFound : await AnswerAsync(call, member);
    }

    private static async Task<IResult> AddAsync(ApiCall call)
    {
        var level = (AccessLevel)call.Arguments.Get(Level);
        if (!Access.CanGrant(call.Level, level))
        {
            return GitLabErrors.Forbidden;
        }

        if (await FindUserAsync(call) is not { } user)
        {
            return GitLabErrors.UserNotFound;
        }

        return await AnswerAsync(call, await call.Operators.AddMemberAsync(
            call.Target.Id, new AddMember(user.Id, level, Dates.DayOf(call.Arguments.FindValue(ExpiresAt)), call.Caller.Id), call.Aborted));
    }

    /// <summary>Who is to become a member.</summary>
    private static async Task<OperatorView?> FindUserAsync(ApiCall call)
    {
        if (call.Arguments.Find(NewMemberName) is { } username)
        {
            return await call.Operators.FindByUsernameAsync(username, call.Aborted);
        }

        return call.Arguments.FindValue(NewMember) is { } id and > 0
            ? await call.Operators.GetAsync(new OperatorId(id), call.Aborted)
            : null;
    }

    private static async Task<IResult> ChangeAsync(ApiCall call)
    {
        if (await FindAsync(call, inherited: false) is not { } member)
        {
            return GitLabErrors.NotFound;
        }

        var level = (AccessLevel)call.Arguments.Get(Level);
        if (!Access.CanGrant(call.Level, level) || !Access.CanGrant(call.Level, member.Level))
        {
            return GitLabErrors.Forbidden;
        }

        var end = call.Arguments.FindValue(ExpiresAt);
        return await UnlessLastOwnerAsync(async () =>
            await call.Operators.ChangeMemberAsync(
                call.Target.Id,
                new ChangeMember(member.Operator, level, Dates.DayOf(end), ChangesExpiry: call.Arguments.IsSent(ExpiresAt), call.Caller.Id),
                call.Aborted) is { } changed
                ? await AnswerAsync(call, changed)
                : GitLabErrors.NotFound);
    }

    private static async Task<IResult> RemoveAsync(ApiCall call, TargetAccess managing)
    {
        if (await FindAsync(call, inherited: false) is not { } member)
        {
            return GitLabErrors.NotFound;
        }

        var leaves = member.Operator == call.Caller.Id;
        if (!leaves && !(Access.Can(call.Level, managing) && Access.CanGrant(call.Level, member.Level)))
        {
            return GitLabErrors.Forbidden;
        }

        return await UnlessLastOwnerAsync(async () =>
        {
            await call.Operators.RemoveMemberAsync(call.Target.Id, member.Operator, call.Caller.Id, call.Aborted);
            return TypedResults.NoContent();
        });
    }

    /// <summary>As at GitLab, nobody may leave a group without an owner.</summary>
    private static async Task<IResult> UnlessLastOwnerAsync(Func<Task<IResult>> change)
    {
        try
        {
            return await change();
        }
        catch (TokenAuthorityException refusal) when (refusal.Code == ErrorCode.Conflict)
        {
            return GitLabErrors.Forbidden;
        }
    }

    private static async Task<MemberView?> FindAsync(ApiCall call, bool inherited)
    {
        var id = call.Arguments.Get(MemberId);
        var members = await call.Operators.GetMembersAsync(call.Target.Id, inherited, call.Aborted);
        return members.FirstOrDefault(member => member.Operator.Value == id);
    }

    private static async Task<IResult> AnswerAsync(ApiCall call, MemberView member) =>
        await call.Operators.GetAsync(member.Operator, call.Aborted) is { } user
            ? call.Answer(MemberBody.Of(member, user, call.Address))
            : GitLabErrors.NotFound;

    private static async Task<IReadOnlyList<(MemberView Member, OperatorView User)>> WithUsersAsync(
        ApiCall call, IEnumerable<MemberView> members)
    {
        var found = await Task.WhenAll(members.Select(async member => (member, await call.Operators.GetAsync(member.Operator, call.Aborted))));
        return [.. from pair in found where pair.Item2 is not null select (pair.member, pair.Item2)];
    }

    private static bool Contains(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
