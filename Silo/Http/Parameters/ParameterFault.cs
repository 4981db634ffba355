namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>Why a request could not be read at all.</summary>
/// <param name="Status">HTTP status: 400, 413, 415, or 429.</param>
/// <param name="Text">What is wrong, for the caller. Never quotes what was sent, but for the content type.</param>
internal sealed record ParameterFault(int Status, string Text)
{
    /// <summary>All memory for bodies is in use. Not a 503: it is the clients' doing.</summary>
    public static ParameterFault Busy { get; } = new(
        StatusCodes.Status429TooManyRequests, "Too many request bodies are being read at once. Try again later.");

    public static ParameterFault TooMany { get; } = BadRequest(
        $"request has too many parameters (maximum is {HttpLimits.MaxParameters})");

    public static ParameterFault TooDeep { get; } = BadRequest(
        $"request body is nested too deeply (maximum is {HttpLimits.MaxJsonDepth} levels)");

    public static ParameterFault BadRequest(string text) => new(StatusCodes.Status400BadRequest, text);

    public static ParameterFault TooLarge(int maxBytes) => new(
        StatusCodes.Status413PayloadTooLarge,
        $"Request body is too large (maximum is {maxBytes} bytes{(maxBytes < HttpLimits.MaxBodyBytes ? " without a valid operator token" : "")})");

    public static ParameterFault UnsupportedType(string contentType) => new(
        StatusCodes.Status415UnsupportedMediaType,
        $"The provided content-type '{contentType}' is not supported.");
}
