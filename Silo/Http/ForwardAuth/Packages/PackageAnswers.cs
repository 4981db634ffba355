using System.Collections.Immutable;
using System.Text.Json;
using OrleansTokens.DeployTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.ForwardAuth.Packages;

/// <summary>What GitLab answers package managers, in its words (reference §3.6).</summary>
internal static class PackageAnswers
{
    /// <summary>Sent with every 401: package managers show their credential after it, or not at all.</summary>
    public const string Challenge = "Basic realm=\"GitLab Packages Registry\"";

    private const string Json = "application/json";

    /// <summary>The scopes with which a token can see a private project (reference §1.3).</summary>
    private const DeployTokenScopes PackageScopes = DeployTokenScopes.ReadPackageRegistry | DeployTokenScopes.WritePackageRegistry;

    /// <summary>The answer to nobody, where nobody may do what is asked.</summary>
    public static readonly ForwardAuthAnswer NotAuthenticated = ForwardAuthAnswer.Ask(Challenge, Body("401 Unauthorized"), Json);

    private static readonly ForwardAuthAnswer Forbidden =
        new(StatusCodes.Status403Forbidden, Body: Body("403 Forbidden"), ContentType: Json);

    /// <summary>The answer where a registry is not to be addressed in this way.</summary>
    public static ForwardAuthAnswer NoSuchLevel(PackageFormat format) => NotFound(format, "404 Not Found");

    /// <summary>The answer where there is nothing, or nothing for this client.</summary>
    public static ForwardAuthAnswer NotFound(PackageFormat format, PackageLevels level) =>
        NotFound(format, level == PackageLevels.Project ? "404 Project Not Found" : "404 Group Not Found");

    /// <summary>The answer to a token. Null where the credential is not right: that is answered as to nobody.</summary>
    /// <param name="request">The request.</param>
    /// <param name="decisions">One for each of its questions.</param>
    public static ForwardAuthAnswer? To(PackageRequest request, ImmutableArray<Decision> decisions) => decisions[0] switch
    {
        { Allowed: true } allowed => ForwardAuthAnswer.Allow(allowed),
        var refused => To(request, refused.Reason, knowsOfIt: KnowsOf(refused) || decisions[^1].Allowed),
    };

    /// <summary>Whether who is refused knows of the project anyway: of a public one everybody does, of others tokens for packages.</summary>
    private static bool KnowsOf(Decision refused) => refused.ResourceIsPublic
        || (refused is { Reason: DenyReason.FeatureDisabled, Principal: { } principal } && (principal.Scopes & PackageScopes) != 0);

    private static ForwardAuthAnswer? To(PackageRequest request, DenyReason reason, bool knowsOfIt) => reason switch
    {
        DenyReason.CredentialMalformed or DenyReason.CredentialForged or DenyReason.CredentialRequired => null,
        DenyReason.TokenUnknown or DenyReason.TokenRevoked or DenyReason.TokenExpired or DenyReason.HolderGone => null,
        DenyReason.SecretMismatch or DenyReason.UsernameMismatch => null,
        // Reference §3.7: the token is not known beside an external service.
        DenyReason.ExternalAuthorization => null,
        // Who does not know of a project does not learn that there is one; to others it can be read, and its packages cannot.
        DenyReason.ResourceNotFound or DenyReason.ResourceOutsideHolder or DenyReason.HolderNotThisGroup or DenyReason.FeatureDisabled
            or DenyReason.ScopeMissing or DenyReason.ActionNeverGranted or DenyReason.ResourceArchived =>
            knowsOfIt ? Forbidden : NotFound(request.Address),
        _ => ForwardAuthAnswer.Unavailable,
    };

    private static ForwardAuthAnswer NotFound(PackageAddress address) =>
        NotFound(address.Format, address.Resource.IsGroup ? PackageLevels.Group : PackageLevels.Project);

    private static ForwardAuthAnswer NotFound(PackageFormat format, string message) => new(
        StatusCodes.Status403Forbidden,
        ForwardAuthAnswer.NotFoundReason,
        format == PackageFormat.Npm
            ? JsonSerializer.Serialize(new Dictionary<string, string> { ["message"] = message, ["error"] = message })
            : Body(message),
        Json);

    private static string Body(string message) => JsonSerializer.Serialize(new Dictionary<string, string> { ["message"] = message });
}
