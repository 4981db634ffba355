using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.Parameters;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.OAuth;

/// <summary>What the OAuth endpoints answer.</summary>
internal static class OAuthAnswers
{
    /// <summary>How a client is asked to authenticate.</summary>
    public const string Challenge = "Basic realm=\"OrleansTokens\", charset=\"UTF-8\"";

    /// <summary>Dead, unknown, or never anybody's: all the same to whoever asks (RFC 7662 §2.2).</summary>
    public static IResult Inactive { get; } = TypedResults.Json(new InactiveBody(false));

    /// <summary>No client, or a wrong one.</summary>
    public static IResult InvalidClient { get; } = Error(StatusCodes.Status401Unauthorized, "invalid_client", null);

    /// <summary>The client may not do this.</summary>
    public static IResult UnauthorizedClient { get; } =
        Error(StatusCodes.Status403Forbidden, "unauthorized_client", "The client may not use this endpoint.");

    /// <summary>What was shown cannot be revoked.</summary>
    public static IResult UnsupportedTokenType { get; } = Error(
        StatusCodes.Status400BadRequest, "unsupported_token_type", "Registry tokens (JWT) cannot be revoked: each ends by itself.");

    /// <summary>The answer is not known.</summary>
    public static IResult Unavailable { get; } = Error(
        StatusCodes.Status503ServiceUnavailable, "temporarily_unavailable", "The answer is not known at present. Try again later.");

    /// <summary>The request is not what it must be.</summary>
    public static IResult InvalidRequest(string description, int status = StatusCodes.Status400BadRequest) =>
        Error(status, "invalid_request", description);

    /// <summary>The body could not be read.</summary>
    public static IResult Unreadable(ParameterFault fault) => Error(
        fault.Status, ReferenceEquals(fault, ParameterFault.Busy) ? "temporarily_unavailable" : "invalid_request", fault.Text);

    /// <summary>The answer about whoever a token stands for; null: about a token that is dead or unknown.</summary>
    public static IResult Introspection(Principal? principal, string issuer) =>
        principal is null ? Inactive : TypedResults.Json(IntrospectionBody.Of(principal, issuer));

    private static JsonHttpResult<ErrorBody> Error(int status, string error, string? description) =>
        TypedResults.Json(new ErrorBody(error, description), statusCode: status);

    private sealed record InactiveBody([property: JsonPropertyName("active")] bool Active);

    private sealed record ErrorBody(
        [property: JsonPropertyName("error")] string Error,
        [property: JsonPropertyName("error_description"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Description);

    private sealed record IntrospectionBody(
        [property: JsonPropertyName("active")] bool Active,
        [property: JsonPropertyName("scope")] string Scope,
        [property: JsonPropertyName("username")] string Username,
        [property: JsonPropertyName("token_type")] string TokenType,
        [property: JsonPropertyName("exp"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Exp,
        [property: JsonPropertyName("iat")] long Iat,
        [property: JsonPropertyName("sub")] string Sub,
        [property: JsonPropertyName("iss")] string Iss,
        [property: JsonPropertyName("project_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? ProjectId,
        [property: JsonPropertyName("group_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? GroupId)
    {
        public static IntrospectionBody Of(Principal principal, string issuer)
        {
            var holder = principal.Holder;
            return new IntrospectionBody(
                Active: true,
                string.Join(' ', ScopeNames.Of(principal.Scopes)),
                principal.Username,
                "Bearer",
                principal.ExpiresAt?.ToUnixTimeSeconds(),
                principal.IssuedAt.ToUnixTimeSeconds(),
                $"deploy-token-{principal.Token}",
                issuer,
                holder.Kind == NamespaceKind.Project ? holder.Value : null,
                holder.Kind == NamespaceKind.Group ? holder.Value : null);
        }
    }
}

/// <summary>What clients can learn of the endpoints by themselves (RFC 8414).</summary>
internal sealed record ServerMetadata(
    [property: JsonPropertyName("issuer")] string Issuer,
    [property: JsonPropertyName("jwks_uri")] string JwksUri,
    [property: JsonPropertyName("scopes_supported")] ImmutableArray<string> ScopesSupported,
    [property: JsonPropertyName("response_types_supported")] ImmutableArray<string> ResponseTypesSupported,
    [property: JsonPropertyName("grant_types_supported")] ImmutableArray<string> GrantTypesSupported,
    [property: JsonPropertyName("introspection_endpoint")] string IntrospectionEndpoint,
    [property: JsonPropertyName("introspection_endpoint_auth_methods_supported")] ImmutableArray<string> IntrospectionAuthMethods,
    [property: JsonPropertyName("revocation_endpoint")] string RevocationEndpoint,
    [property: JsonPropertyName("revocation_endpoint_auth_methods_supported")] ImmutableArray<string> RevocationAuthMethods)
{
    private static readonly ImmutableArray<string> AuthMethods = ["client_secret_basic", "client_secret_post"];

    /// <summary>The metadata of the authority at an address without a trailing slash.</summary>
    /// <remarks>No token is issued over OAuth. Empty lists say so: absent, <c>grant_types_supported</c> would claim two of them, and
    /// <c>response_types_supported</c> must be there.</remarks>
    public static ServerMetadata Of(string issuer, string keySetPath) => new(
        issuer,
        issuer + keySetPath,
        ScopeNames.AllNames,
        [],
        [],
        issuer + OAuthRoutes.IntrospectPath,
        AuthMethods,
        issuer + OAuthRoutes.RevokePath,
        AuthMethods);
}
