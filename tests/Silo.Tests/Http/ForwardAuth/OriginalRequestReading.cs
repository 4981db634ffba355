using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using OrleansTokens.Silo.Http.ForwardAuth;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth;

/// <summary>Reads and understands an original request in one go.</summary>
internal static class OriginalRequestReading
{
    public static bool TryRead(
        IHeaderDictionary headers,
        string method,
        string rawTarget,
        string endpoint,
        [NotNullWhen(true)] out OriginalRequest? request,
        out Refusal refusal)
    {
        request = null;
        return OriginalRequest.TryRead(headers, method, rawTarget, endpoint, out var said, out refusal)
            && OriginalRequest.TryParse(said, out request, out refusal);
    }
}
