using OrleansTokens.Namespaces;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>The variables that a CI system gives its jobs: <c>ci/deploy_token_variables</c> (reference §4).</summary>
internal static class JobVariableEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) => routes.MapOperation(
        new(HttpMethod.Get, "/projects/{id}/ci/deploy_token_variables", "getDeployTokenVariables", "The deploy token variables of a project's jobs")
        {
            Noun = "CI jobs",
            Description = "Of the active tokens named gitlab-deploy-token the one with the lowest id, the project's own before its group's. Both "
                + "variables or none. Every reading is in the project's audit.",
            Target = NamespaceKind.Project,
            RevealsSecret = true,
            Access = TargetAccess.Maintain,
            Answer = typeof(JobVariableBody[]),
        },
        ReadAsync);

    private static async Task<IResult> ReadAsync(ApiCall call)
    {
        var found = await call.Authority.ReadVariablesAsync(call.Target.Id.AsProject, call.Caller.Id, call.Aborted);
        JobVariableBody[] variables = found is null
            ? []
            :
            [
                new("CI_DEPLOY_USER", found.Username, Masked: false, Public: true),
                new("CI_DEPLOY_PASSWORD", found.Secret.Reveal(), Masked: true, Public: false),
            ];
        return call.Answer(variables);
    }
}

/// <summary>One variable of a job.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Masked">Whether logs must not show it.</param>
/// <param name="Public">Whether everybody may see it who sees the job.</param>
internal sealed record JobVariableBody(string Key, string Value, bool Masked, bool Public);
