using Microsoft.Extensions.Primitives;

namespace OrleansTokens.Silo.Http.Credentials;

/// <summary>The token of an Authorization header of the scheme Bearer.</summary>
internal static class BearerToken
{
    private const string Scheme = "Bearer ";

    /// <summary>
    /// The token, which may be no good; empty where there are several headers, since proxy and backend could each take another one. Null
    /// where the header is absent or of another scheme.
    /// </summary>
    public static string? Read(StringValues authorization)
    {
        if (authorization.Count > 1)
        {
            return "";
        }

        var header = authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim(' ') : null;
    }
}
