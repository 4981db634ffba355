using System.Buffers;
using Microsoft.Extensions.Primitives;
using OrleansTokens.Silo.Http.DockerToken;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>
/// Where docker clients are sent for a JWT: <c>Grid:ExternalUrl</c>; without it the name by which the client called the proxy, which then
/// has to pass <c>/jwt/auth</c> on. What a client itself puts into those headers comes back to that client only.
/// </summary>
internal sealed class TokenRealm(PublicAddress address)
{
    private const string ForwardedProtoHeader = "X-Forwarded-Proto";
    private const string ForwardedHostHeader = "X-Forwarded-Host";
    private const int MaxHostLength = 255;

    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]");

    /// <summary>The absolute address.</summary>
    public string Of(HttpRequest request) => (address.Configured ?? Told(request) ?? address.Of(request)) + DockerTokenRoutes.Path;

    private static string? Told(HttpRequest request)
    {
        var scheme = Single(request.Headers[ForwardedProtoHeader]) ?? request.Scheme;
        return Single(request.Headers[ForwardedHostHeader]) is { Length: > 0 and <= MaxHostLength } host
            && !host.AsSpan().ContainsAnyExcept(HostCharacters) && scheme is "http" or "https"
                ? $"{scheme}://{host}"
                : null;
    }

    private static string? Single(StringValues header) => header.Count == 1 ? header[0] : null;
}
