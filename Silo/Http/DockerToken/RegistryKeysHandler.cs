using OrleansTokens.Client;

namespace OrleansTokens.Silo.Http.DockerToken;

/// <summary>Shows the keys with which registries verify. Anybody may see them.</summary>
internal sealed partial class RegistryKeysHandler(DeployTokenValidator validator, ILogger<RegistryKeysHandler> logger)
{
    /// <summary>
    /// A minute: a new key is in every copy a minute after it was made, and a delay of more than that before it signs is enough for
    /// whoever reads it here.
    /// </summary>
    private const string CacheControl = "public, max-age=60";

    private volatile JwksDocument? _last;

    public Task<IResult> GetKeySetAsync(HttpContext context) =>
        AnswerAsync(context, static document => TypedResults.Bytes(document.Json, "application/json"));

    public Task<IResult> GetCertificatesAsync(HttpContext context) =>
        AnswerAsync(context, static document => TypedResults.Bytes(document.Pem, "application/x-pem-file"));

    private async Task<IResult> AnswerAsync(HttpContext context, Func<JwksDocument, IResult> answer)
    {
        try
        {
            var keys = await validator.GetPublishedKeysAsync(context.RequestAborted);
            var last = _last;
            var document = last is not null && last.IsOf(keys) ? last : _last = JwksDocument.Of(keys);
            context.Response.Headers.CacheControl = CacheControl;
            return answer(document);
        }
        catch (Exception fault) when (!context.RequestAborted.IsCancellationRequested)
        {
            LogFailed(fault);
            context.Response.Headers.CacheControl = "no-store";
            return DockerTokenAnswers.Unavailable;
        }
    }
}
