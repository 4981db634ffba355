using System.Collections.Immutable;
using OrleansTokens.Client;
using OrleansTokens.Client.AspNetCore;
using OrleansTokens.Silo.Http.Abuse;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>git over HTTP and git-lfs. Owns every address that no other surface does.</summary>
internal sealed class GitSurface(DeployTokenValidator validator, AttemptGuard guard) : IForwardedSurface
{
    public bool Owns(OriginalUri uri) => true;

    public async ValueTask<ForwardAuthAnswer> AnswerAsync(HttpContext context, OriginalRequest original)
    {
        var understood = original.Understand(static request =>
            GitRequest.TryParse(request, out var git, out var refusal) ? new Understood(git, git.Questions) : new Understood(refusal));
        if (understood.Request is not { } git)
        {
            return ForwardAuthAnswer.To(understood.Refusal);
        }

        var form = BasicCredential.Read(context.Request.Headers.Authorization, out var basic);
        var attempt = await guard.BeginAsync(context, form, basic);
        if (attempt.Ban is { } ban)
        {
            return ForwardAuthAnswer.To(ban);
        }

        var decisions = await DecideAsync(understood.Questions, form, basic, context.RequestAborted);
        var answer = decisions is { } decided ? GitAnswers.To(git, decided) : GitAnswers.NotAuthenticated;
        attempt.End(answer.Status);
        return answer;
    }

    /// <summary>The decisions; null where the credential is none that could be anyone's.</summary>
    private async ValueTask<ImmutableArray<Decision>?> DecideAsync(
        ImmutableArray<Question> questions, BasicCredentialForm form, BasicCredential? basic, CancellationToken cancellation)
    {
        switch (form)
        {
            case BasicCredentialForm.Present:
                if (basic?.Secret is not { } secret)
                {
                    return null;
                }

                var credential = Credential.WithUsername(basic.Username, secret);
                return questions is [var single]
                    ? [await validator.ValidateAsync(credential, single.Action, single.Resource, cancellation)]
                    : await validator.ValidateAllAsync(credential, questions, cancellation);

            case BasicCredentialForm.Malformed:
                return null;

            // Git takes no other scheme, as GitLab does not for it: such a request is one without credentials.
            default:
                var wanted = questions[0];
                return [await validator.ValidateAnonymousAsync(wanted.Action, wanted.Resource, cancellation)];
        }
    }

    /// <summary>What is asked of a repository, or why nothing is.</summary>
    private sealed record Understood(GitRequest? Request, ImmutableArray<Question> Questions, Refusal Refusal)
    {
        public Understood(GitRequest request, ImmutableArray<Question> questions)
            : this(request, questions, Refusal.None)
        {
        }

        public Understood(Refusal refusal)
            : this(null, [], refusal)
        {
        }
    }
}
