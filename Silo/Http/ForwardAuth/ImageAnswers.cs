using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>What docker clients are told, in the words of distribution.</summary>
internal static class ImageAnswers
{
    private const string Json = "application/json; charset=utf-8";
    private const string InvalidToken = "invalid_token";
    private const string InsufficientScope = "insufficient_scope";

    /// <summary>Asking for another JWT would not help: no deploy token deletes anything, or does anything where an external service decides.</summary>
    public static readonly ForwardAuthAnswer NeverAllowed =
        new(StatusCodes.Status403Forbidden, Body: Error("DENIED", "requested access to the resource is denied", []), ContentType: Json);

    private static readonly ForwardAuthAnswer NotEnabled = new(
        StatusCodes.Status403Forbidden,
        ForwardAuthAnswer.NotFoundReason,
        Error("UNAVAILABLE", "registry not enabled", []),
        Json);

    private static readonly ForwardAuthAnswer NoSuchProxy = new(StatusCodes.Status403Forbidden, ForwardAuthAnswer.NotFoundReason);

    /// <summary>A registry's answer where a JWT came with the request.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="realm">Where there are JWTs.</param>
    /// <param name="service">The registry's service.</param>
    /// <param name="request">What was wanted; null: only to sign in.</param>
    public static ForwardAuthAnswer ToRegistry(Decision decision, string realm, string service, RegistryRequest? request) => decision switch
    {
        { Allowed: true } => ForwardAuthAnswer.Allow(decision),
        { Reason: DenyReason.None } => ForwardAuthAnswer.Unavailable,
        // Of a whole installation there is no resource; in one project it is a matter of what is granted.
        { Reason: DenyReason.FeatureDisabled, Resource: null } => NotEnabled,
        { Reason: DenyReason.ExternalAuthorization } => NeverAllowed,
        _ => AskByRegistry(realm, service, request, IsWrong(decision.Reason) ? InvalidToken : InsufficientScope),
    };

    /// <summary>A registry's challenge.</summary>
    public static ForwardAuthAnswer AskByRegistry(string realm, string service, RegistryRequest? request, string? error = null)
    {
        var challenge = Challenge(realm, service);
        challenge += request is null ? "" : $",scope=\"{request.Asks}\"";
        challenge += error is null ? "" : $",error=\"{error}\"";
        return ForwardAuthAnswer.Ask(challenge, Error("UNAUTHORIZED", "authentication required", request?.Needs ?? []), Json);
    }

    /// <summary>The dependency proxy's answer where a JWT came with the request (reference §3.5).</summary>
    public static ForwardAuthAnswer ToDependencyProxy(Decision decision, string realm) => decision switch
    {
        { Allowed: true } => ForwardAuthAnswer.Allow(decision),
        { Reason: DenyReason.None } => ForwardAuthAnswer.Unavailable,
        { Reason: DenyReason.ExternalAuthorization } => NeverAllowed,
        _ => IsWrong(decision.Reason) ? AskByDependencyProxy(realm) : NoSuchProxy,
    };

    /// <summary>The dependency proxy's challenge.</summary>
    public static ForwardAuthAnswer AskByDependencyProxy(string realm) =>
        ForwardAuthAnswer.Ask(Challenge(realm, Grains.RegistryTokens.RegistryTokenOptions.DependencyProxyService), "");

    private static bool IsWrong(DenyReason reason) => reason is
        DenyReason.CredentialMalformed or DenyReason.CredentialForged or DenyReason.TokenUnknown
        or DenyReason.TokenRevoked or DenyReason.TokenExpired or DenyReason.HolderGone
        or DenyReason.SecretMismatch or DenyReason.UsernameMismatch or DenyReason.ScopesOfNoUseHere;

    private static string Challenge(string realm, string service) => $"Bearer realm=\"{Quote(realm)}\",service=\"{Quote(service)}\"";

    private static string Quote(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Error(string code, string message, ImmutableArray<RepositoryScope> detail) => JsonSerializer.Serialize(
        new Errors([new Entry(
            code,
            message,
            detail.IsEmpty
                ? null
                : [.. detail.SelectMany(static scope => scope.Actions.Select(action => new Access("repository", "", scope.Name, action)))])]));

    private sealed record Errors([property: JsonPropertyName("errors")] Entry[] All);

    private sealed record Entry(
        [property: JsonPropertyName("code")] string Code,
        [property: JsonPropertyName("message")] string Message,
        [property: JsonPropertyName("detail")] Access[]? Detail);

    private sealed record Access(string Type, string Class, string Name, string Action);
}
