using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Primitives;
using OrleansTokens.Silo.Http.Credentials;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.LeakReports;

/// <summary>
/// Takes reports of leaked secrets, by GitHub's secret scanning partner programme and GitLab's token revocation API, and revokes the tokens.
/// Of a body nothing is looked at before its sender is known.
/// </summary>
internal sealed partial class LeakReportHandler(
    LeakReportOptions options,
    LeakRevoker revoker,
    GitHubKeySource gitHubKeys,
    BodyAllowances allowances,
    ILogger<LeakReportHandler> logger)
{
    /// <summary>The header with the id of GitHub's key.</summary>
    public const string KeyIdHeader = "Github-Public-Key-Identifier";

    /// <summary>The header with GitHub's signature over the body.</summary>
    public const string SignatureHeader = "Github-Public-Key-Signature";

    private const int MaxHeaderLength = 512;
    private const string RetryLater = "60"; // Seconds.

    private readonly ExpectedSecret _gitLabToken = options.GitLabToken is { } token ? ExpectedSecret.Of(token) : ExpectedSecret.Nobodys;

    /// <summary>Takes GitHub's report, and says of each secret whether it is one.</summary>
    public Task<IResult> TakeFromGitHubAsync(HttpContext http) => AnswerAsync(http, async () =>
    {
        var request = http.Request;
        if (Only(request, KeyIdHeader) is not { } keyId
            || Only(request, SignatureHeader) is not { } signature
            || FromBase64(signature) is not { } der
            || await gitHubKeys.FindAsync(keyId, http.RequestAborted) is not { } key)
        {
            return NotGitHubs;
        }

        var (reports, refusal) = await ReadAsync(request, allowances.Reporters, "url", body => key.Verifies(body, der));
        if (refusal is not null)
        {
            return refusal;
        }

        var issued = await RevokeAsync("GitHub secret scanning", reports);
        return TypedResults.Json(reports.Select((report, at) => Feedback.Of(report, issued[at])).ToArray());
    });

    /// <summary>Takes GitLab's report.</summary>
    public Task<IResult> TakeFromGitLabAsync(HttpContext http) => AnswerAsync(http, async () =>
    {
        if (!IsGitLab(http))
        {
            return Unauthorized(http);
        }

        var (reports, refusal) = await ReadAsync(http.Request, allowances.Operators, "location", static _ => true);
        if (refusal is not null)
        {
            return refusal;
        }

        for (var i = 0; i < reports.Length; i++)
        {
            if (!options.GitLabTypes.Contains(reports[i].Type, StringComparer.Ordinal))
            {
                return Message(StatusCodes.Status400BadRequest, $"[{i}].type is not a type of secrets that is revoked here.");
            }
        }

        await RevokeAsync("GitLab secret detection", reports);
        return TypedResults.NoContent();
    });

    /// <summary>Tells GitLab what to report.</summary>
    public Task<IResult> TellGitLabTypesAsync(HttpContext http) => AnswerAsync(http, () => Task.FromResult<IResult>(
        IsGitLab(http) ? TypedResults.Json(new RevocableTypes(options.GitLabTypes)) : Unauthorized(http)));

    private static IResult NotGitHubs { get; } = Message(StatusCodes.Status403Forbidden, "This is not signed by GitHub.");

    /// <summary>The reports, or why there are none.</summary>
    private static async Task<(ImmutableArray<LeakReport> Reports, IResult? Refusal)> ReadAsync(
        HttpRequest request, BodyAllowance allowance, string location, Func<ArraySegment<byte>, bool> isSenders)
    {
        var (body, fault) = await RequestBody.ReadAsync(request, allowance);
        using (body)
        {
            if (body is null)
            {
                request.HttpContext.Response.Headers.RetryAfter = fault == ParameterFault.Busy ? RetryLater : default(StringValues);
                return ([], Message(fault!.Status, fault.Text));
            }

            if (!isSenders(body.Bytes))
            {
                return ([], NotGitHubs);
            }

            return LeakReport.TryParse(body.Bytes, location, out var reports, out var error)
                ? (reports, null)
                : ([], Message(StatusCodes.Status400BadRequest, error));
        }
    }

    private async Task<ImmutableArray<bool>> RevokeAsync(string reporter, ImmutableArray<LeakReport> reports)
    {
        var issued = await revoker.RevokeAsync(reporter, reports);
        LogReported(reporter, reports.Length, issued.Count(static isOurs => isOurs));
        return issued;
    }

    private async Task<IResult> AnswerAsync(HttpContext http, Func<Task<IResult>> answer)
    {
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            return await answer();
        }
        catch (BadHttpRequestException fault)
        {
            // Raised by the server while the body is read: too slow, too large, or badly framed.
            return Message(fault.StatusCode, "The body cannot be read.");
        }
        catch (Exception fault) when (!http.RequestAborted.IsCancellationRequested)
        {
            LogFailed(fault);
            http.Response.Headers.RetryAfter = RetryLater;
            return Message(StatusCodes.Status503ServiceUnavailable, "Not everything is known to be revoked. Report it again later.");
        }
    }

    private bool IsGitLab(HttpContext http) => http.Request.Headers.Authorization is [{ } shown] && _gitLabToken.Matches(shown);

    private static JsonHttpResult<MessageBody> Unauthorized(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Token realm=\"leak reports\"";
        return Message(StatusCodes.Status401Unauthorized, "401 Unauthorized");
    }

    private static string? Only(HttpRequest request, string header) =>
        request.Headers[header] is [{ Length: > 0 and <= MaxHeaderLength } value] ? value : null;

    private static byte[]? FromBase64(string text)
    {
        var buffer = new byte[text.Length];
        return Convert.TryFromBase64String(text, buffer, out var length) ? buffer[..length] : null;
    }

    private static JsonHttpResult<MessageBody> Message(int status, string text) =>
        TypedResults.Json(new MessageBody(text), statusCode: status);

    private sealed record MessageBody([property: JsonPropertyName("message")] string Message);

    private sealed record RevocableTypes([property: JsonPropertyName("types")] ImmutableArray<string> Types);

    /// <summary>What GitHub is told of a secret. By its SHA-256, so that no answer holds it.</summary>
    private sealed record Feedback(
        [property: JsonPropertyName("token_hash")] string TokenHash,
        [property: JsonPropertyName("token_type")] string TokenType,
        [property: JsonPropertyName("label")] string Label)
    {
        public static Feedback Of(LeakReport report, bool wasIssuedHere) => new(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(report.Token))),
            report.Type,
            wasIssuedHere ? "true_positive" : "false_positive");
    }
}
