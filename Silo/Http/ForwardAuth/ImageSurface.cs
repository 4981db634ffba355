using OrleansTokens.Client;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Silo.Http.Credentials;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>
/// What docker clients ask of a registry, or of the dependency proxy of a group: everything below <c>/v2/</c>. They show a JWT of
/// <c>/jwt/auth</c>; the deploy token that it was made for is judged anew at each request.
/// </summary>
internal sealed class ImageSurface(DeployTokenValidator validator, RegistryTokenOptions options, PublicAddress address) : IForwardedSurface
{
    /// <summary>
    /// Says which of the two a proxy has at an address, for <c>/v2/</c> itself, by which clients find out where to sign in: the service of
    /// the registry, which it is without this header, or that of the dependency proxy.
    /// </summary>
    public const string ServiceHeader = "X-Auth-Service";

    private readonly TokenRealm _realm = new(address);

    public bool Owns(OriginalUri uri) => uri.Segments is [ImageAddress.Root, ..];

    public ValueTask<ForwardAuthAnswer> AnswerAsync(HttpContext context, OriginalRequest original) => original.Uri switch
    {
        { Segments.Length: 1 } => SignInAsync(context, original),
        var uri when DependencyProxyRequest.IsOne(uri) => AnswerDependencyProxyAsync(context, original),
        _ => AnswerRegistryAsync(context, original),
    };

    private async ValueTask<ForwardAuthAnswer> SignInAsync(HttpContext context, OriginalRequest original)
    {
        if (!ImageAddress.IsCanonical(original.Uri) || original.Method is not ("GET" or "HEAD"))
        {
            return ForwardAuthAnswer.To(Refusal.CommandNotAllowed);
        }

        var services = context.Request.Headers[ServiceHeader];
        var service = services.Count == 0 ? options.Service : services.ToString();
        return service switch
        {
            RegistryTokenOptions.DependencyProxyService => await DecideDependencyProxyAsync(context, null),
            _ when service == options.Service => await DecideRegistryAsync(context, null),
            _ => ForwardAuthAnswer.To(Refusal.ServiceUnknown),
        };
    }

    private async ValueTask<ForwardAuthAnswer> AnswerDependencyProxyAsync(HttpContext context, OriginalRequest original) =>
        DependencyProxyRequest.TryParse(original, out var request, out var refusal)
            ? await DecideDependencyProxyAsync(context, request)
            : ForwardAuthAnswer.To(refusal);

    private async ValueTask<ForwardAuthAnswer> AnswerRegistryAsync(HttpContext context, OriginalRequest original)
    {
        if (!RegistryRequest.TryParse(original, out var request, out var refusal))
        {
            return ForwardAuthAnswer.To(refusal);
        }

        // Registries look for parameters in a form as well, which is not to be seen from here.
        if (context.Request.HasFormContentType)
        {
            return ForwardAuthAnswer.To(Refusal.CommandNotAllowed);
        }

        return request.Deletes ? ImageAnswers.NeverAllowed : await DecideRegistryAsync(context, request);
    }

    private async ValueTask<ForwardAuthAnswer> DecideDependencyProxyAsync(HttpContext context, DependencyProxyRequest? request)
    {
        var realm = _realm.Of(context.Request);
        return BearerToken.Read(context.Request.Headers.Authorization) is { } token
            ? ImageAnswers.ToDependencyProxy(
                await validator.ValidateDependencyProxyTokenAsync(new DependencyProxyUse(token, request?.Group), context.RequestAborted), realm)
            : ImageAnswers.AskByDependencyProxy(realm);
    }

    private async ValueTask<ForwardAuthAnswer> DecideRegistryAsync(HttpContext context, RegistryRequest? request)
    {
        var realm = _realm.Of(context.Request);
        return BearerToken.Read(context.Request.Headers.Authorization) is { } token
            ? ImageAnswers.ToRegistry(
                await validator.ValidateRegistryTokenAsync(new RegistryTokenUse(token, request?.Needs ?? []), context.RequestAborted),
                realm,
                options.Service,
                request)
            : ImageAnswers.AskByRegistry(realm, options.Service, request);
    }
}
