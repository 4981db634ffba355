using OrleansTokens.Client;

namespace OrleansTokens.Silo.Http.ForwardAuth.Packages;

/// <summary>Package registries under the addresses of GitLab's API. Owns all of that API: nothing else of it is open to deploy tokens.</summary>
internal sealed class PackageSurface(DeployTokenValidator validator) : IForwardedSurface
{
    public bool Owns(OriginalUri uri) => PackageAddress.IsApi(uri);

    public bool MayHoldSlash(OriginalUri uri, int segment) => PackageAddress.MayHoldSlash(uri, segment);

    public async ValueTask<ForwardAuthAnswer> AnswerAsync(HttpContext context, OriginalRequest original)
    {
        if (!PackageAddress.TryParse(original.Uri, out var address, out var refused))
        {
            return refused;
        }

        var headers = context.Request.Headers;
        var request = PackageRequest.Of(address, original.Method, headers);
        if (request.Writes && address is { Level: PackageLevels.Instance } && address.Format == PackageFormat.Maven)
        {
            // GitLab publishes to projects only, and has no such route.
            return PackageAnswers.NoSuchLevel(address.Format);
        }

        var shown = PackageCredential.Read(address.Format, headers, original.Uri.Query);
        var answer = shown.Credential is { } credential
            ? PackageAnswers.To(request, await validator.ValidateAllAsync(credential, request.Questions, context.RequestAborted))
            : null;
        if (answer is null && (!shown.IsShown || !address.Format.InsistsOnCredential))
        {
            answer = await AnswerToNobodyAsync(request, context.RequestAborted);
        }

        return answer ?? PackageAnswers.NotAuthenticated;
    }

    private async Task<ForwardAuthAnswer?> AnswerToNobodyAsync(PackageRequest request, CancellationToken cancellation)
    {
        var wanted = request.Questions[0];
        var decision = await validator.ValidateAnonymousAsync(wanted.Action, wanted.Resource, cancellation);
        return decision.Allowed ? ForwardAuthAnswer.Allow(decision) : null;
    }
}
