using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.Parameters;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Why a deploy token may or may not do something: <c>POST /api/v4/deploy_tokens/explain</c>.</summary>
internal static class ExplainEndpoint
{
    private static readonly TextParameter Token = new("token", "The token as a user pastes it.");
    private static readonly IntegerParameter TokenIdParameter =
        new("token_id", "Id of a deploy token; its secret and username are then taken as right.");

    private static readonly TextParameter Username =
        new("username", "The username shown with the token; none where the registry does not look at one.");

    private static readonly ChoiceParameter Action = new("action", "What the token is to do.", ActionNames.All) { Required = true };
    private static readonly TextParameter ResourceParameter =
        new("resource", "Id or full path of the project; for images also the path of the image; for a group's packages and its dependency proxy the group.");

    public static void Map(IEndpointRouteBuilder routes) => routes.MapOperation(
        new(HttpMethod.Post, "/deploy_tokens/explain", "explainDeployToken", "Why a deploy token may or may not do something")
        {
            Noun = "Deploy tokens",
            Description = "The same decision that a registry gets, with what it rests on. Nothing is changed.",
            Caller = Caller.Administrator,
            Parameters = [Token, TokenIdParameter, Username, Action, ResourceParameter],
            Rules = [new ParameterRule.ExactlyOne(Token, TokenIdParameter)],
            Answer = typeof(ExplanationBody),
        },
        ExplainAsync);

    private static async Task<IResult> ExplainAsync(ApiCall call)
    {
        if (!TryQuestion(call.Arguments, out var question, out var complaint))
        {
            return GitLabErrors.BadParameters(complaint!);
        }

        if (call.Arguments.FindValue(TokenIdParameter) is { } id)
        {
            return await call.Authority.GetTokenAsync(new TokenId(id), call.Aborted) is { } token
                ? Answer(call, await call.Authority.ExplainTokenAsync(token.Id, question, call.Aborted))
                : GitLabErrors.NotFound;
        }

        if (!Secret.TryCreate(call.Arguments.Find(Token), out var secret))
        {
            return GitLabErrors.BadParameters($"{Token.Name} {Parameter.Invalid}");
        }

        var credential = call.Arguments.Find(Username) is { } username
            ? Credential.WithUsername(username, secret)
            : Credential.SecretOnly(secret);
        return Answer(call, await call.Authority.ExplainAsync(credential, question, call.Aborted));
    }

    private static IResult Answer(ApiCall call, Explanation explanation) => call.Answer(ExplanationBody.Of(explanation, call.Now));

    private static bool TryQuestion(Arguments arguments, out Question question, out string? complaint)
    {
        question = default;
        complaint = null;
        var action = ActionNames.TryParse(arguments.Get(Action), out var known) ? known : RegistryAction.None;
        if (!ActionNames.NeedsResource(action))
        {
            question = new Question(action, default);
            return true;
        }

        var text = arguments.Find(ResourceParameter);
        if (string.IsNullOrEmpty(text))
        {
            complaint = $"{ResourceParameter.Name} {Parameter.Missing}";
            return false;
        }

        var resource = ResourceOf(text, action);
        question = new Question(action, resource ?? default);
        complaint = resource is null ? $"{ResourceParameter.Name} {Parameter.Invalid}" : null;
        return resource is not null;
    }

    private static Resource? ResourceOf(string text, RegistryAction action)
    {
        var ofGroups = ActionNames.IsOfGroups(action);
        var id = ofGroups ? PathId.OfGroup(text) : PathId.OfProject(text);
        if (id?.Number is { } number)
        {
            return ofGroups ? Resource.Of(new GroupId(number)) : Resource.Of(new ProjectId(number));
        }

        if (!NamespacePath.TryParse(id?.Path, out var path))
        {
            return null;
        }

        return action switch
        {
            RegistryAction.PullImage or RegistryAction.PushImage or RegistryAction.DeleteImage => Resource.Within(path),
            _ => ofGroups ? Resource.GroupAt(path) : Resource.At(path),
        };
    }
}
