using System.Collections.Immutable;
using OrleansTokens.Client;
using OrleansTokens.Silo.Http.Credentials;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>git over HTTP and git-lfs. Owns every address that no other surface does.</summary>
internal sealed class GitSurface(DeployTokenValidator validator) : IForwardedSurface
{
    public bool Owns(OriginalUri uri) => true;

    public async Task<ForwardAuthAnswer> AnswerAsync(HttpContext context, OriginalRequest original)
    {
        if (!GitRequest.TryParse(original, out var git, out var refusal))
        {
            return ForwardAuthAnswer.To(refusal);
        }

        return await DecideAsync(git, context) is { } decisions ? GitAnswers.To(git, decisions) : GitAnswers.NotAuthenticated;
    }

    /// <summary>The decisions; null where the credential is none that could be anyone's.</summary>
    private async Task<ImmutableArray<Decision>?> DecideAsync(GitRequest git, HttpContext context)
    {
        var cancellation = context.RequestAborted;
        switch (BasicCredential.Read(context.Request.Headers.Authorization, out var basic))
        {
            case BasicCredentialForm.Present:
                return basic?.Secret is { } secret
                    ? await validator.ValidateAllAsync(Credential.WithUsername(basic.Username, secret), git.Questions, cancellation)
                    : null;

            case BasicCredentialForm.Malformed:
                return null;

            // Git takes no other scheme, as GitLab does not for it: such a request is one without credentials.
            default:
                var wanted = git.Questions[0];
                return [await validator.ValidateAnonymousAsync(wanted.Action, wanted.Resource, cancellation)];
        }
    }
}
