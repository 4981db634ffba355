using System.Buffers;
using Microsoft.Net.Http.Headers;
using OrleansTokens.Client;
using OrleansTokens.Client.AspNetCore;
using OrleansTokens.DeployTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.OAuth;

/// <summary>Answers clients that show a token: whether it is alive (RFC 7662), or that it is not any more (RFC 7009).</summary>
/// <remarks>Only deploy tokens are known here. A <c>token_type_hint</c> is of no use, since every token says itself what it is.</remarks>
internal sealed partial class OAuthHandler(
    DeployTokenValidator validator,
    DeployTokenAdministration administration,
    OAuthClients clients,
    BodyAllowances allowances,
    PublicAddress address,
    ILogger<OAuthHandler> logger)
{
    private const string FormType = "application/x-www-form-urlencoded";
    private const string ClientId = "client_id";
    private const string ClientSecret = "client_secret";
    private const string Token = "token";
    private const string RetrySoon = "1"; // Second.

    private static readonly SearchValues<char> JwtCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>Says what a token is, if it is alive.</summary>
    public Task<IResult> IntrospectAsync(HttpContext http) => AnswerAsync(http, OAuthRight.Introspect, async (_, token) =>
    {
        if (!Secret.TryCreate(token, out var secret))
        {
            return OAuthAnswers.Inactive;
        }

        var decision = await validator.ValidateAsync(
            Credential.SecretOnly(secret), RegistryAction.Introspect, cancellation: http.RequestAborted);
        return OAuthAnswers.Introspection(decision.Allowed ? decision.Principal : null, address.Of(http.Request));
    });

    /// <summary>Revokes a token. Success also where there is none: what the caller wanted is so.</summary>
    public Task<IResult> RevokeAsync(HttpContext http) => AnswerAsync(http, OAuthRight.Revoke, async (client, token) =>
    {
        if (!Secret.TryCreate(token, out var secret))
        {
            return TypedResults.Ok();
        }

        var revoked = await administration.RevokeBySecretAsync(
            secret, by: default, $"Revoked by the OAuth client {client.Id}.", http.RequestAborted);
        return !revoked.WasIssuedHere && IsJwt(secret.Reveal()) ? OAuthAnswers.UnsupportedTokenType : TypedResults.Ok();
    });

    private async Task<IResult> AnswerAsync(HttpContext http, OAuthRight right, Func<OAuthClient, string?, Task<IResult>> answer)
    {
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.Pragma = "no-cache";
        var result = await TryAnswerAsync(http, right, answer);
        if (ReferenceEquals(result, OAuthAnswers.InvalidClient))
        {
            http.Response.Headers.WWWAuthenticate = OAuthAnswers.Challenge;
        }

        if (result is IStatusCodeHttpResult { StatusCode: StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable })
        {
            http.Response.Headers.RetryAfter = RetrySoon;
        }

        return result;
    }

    private async Task<IResult> TryAnswerAsync(HttpContext http, OAuthRight right, Func<OAuthClient, string?, Task<IResult>> answer)
    {
        try
        {
            var (client, form, refusal) = await ReadAsync(http.Request);
            return (client, form) switch
            {
                (null, _) or (_, null) => refusal ?? OAuthAnswers.InvalidClient,
                _ when !client.Rights.Contains(right) => OAuthAnswers.UnauthorizedClient,
                _ when form.HasRepeated => OAuthAnswers.InvalidRequest("A parameter is repeated."),
                _ when !form.Has(Token) => OAuthAnswers.InvalidRequest("The parameter token is missing."),
                _ => await answer(client, form[Token]),
            };
        }
        catch (BadHttpRequestException fault)
        {
            // Raised by the server while the body is read: too slow, too large, or badly framed.
            return OAuthAnswers.InvalidRequest("The body cannot be read.", fault.StatusCode);
        }
        catch (Exception fault) when (!http.RequestAborted.IsCancellationRequested)
        {
            LogFailed(fault);
            return OAuthAnswers.Unavailable;
        }
    }

    /// <summary>Who asks, and the form; or why not. A wrong credential in the header is refused before the body is looked at.</summary>
    private async Task<(OAuthClient? Client, OAuthForm? Form, IResult? Refusal)> ReadAsync(HttpRequest request)
    {
        var shown = BasicCredential.Read(request.Headers.Authorization, out var basic);
        var client = basic?.Secret is { } secret ? clients.FindEncoded(basic.Username, secret.Reveal()) : null;
        if (shown != BasicCredentialForm.Absent && client is null)
        {
            return default;
        }

        var (body, fault) = await RequestBody.ReadAsync(request, client is null ? allowances.Strangers : allowances.Operators);
        using (body)
        {
            return body is null
                ? (null, null, OAuthAnswers.Unreadable(fault!))
                : Read(client, IsForm(request.ContentType) ? OAuthForm.Parse(body.Bytes) : null);
        }
    }

    private (OAuthClient? Client, OAuthForm? Form, IResult? Refusal) Read(OAuthClient? client, OAuthForm? form)
    {
        if (form is null)
        {
            return (client, null, client is null ? null : OAuthAnswers.InvalidRequest($"The body must be {FormType}."));
        }

        if (form.IsRepeated(ClientId, ClientSecret))
        {
            return (null, null, OAuthAnswers.InvalidRequest($"{ClientId} or {ClientSecret} is repeated."));
        }

        if (client is not null)
        {
            var isOne = !form.Has(ClientSecret) && (!form.Has(ClientId) || form[ClientId] == client.Id);
            return (client, isOne ? form : null, OAuthAnswers.InvalidRequest("The client authenticates in two ways."));
        }

        return (clients.Find(form[ClientId], form[ClientSecret]), form, null);
    }

    private static bool IsForm(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type) && type.MediaType.Equals(FormType, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether something can only be a JWT: those of registries are verified elsewhere, so revoking one cannot be promised.</summary>
    private static bool IsJwt(string token) =>
        token.StartsWith("eyJ", StringComparison.Ordinal) && token.AsSpan().Count('.') == 2 && !token.AsSpan().ContainsAnyExcept(JwtCharacters);
}
