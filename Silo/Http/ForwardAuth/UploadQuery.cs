using OrleansTokens.Silo.Http.DockerToken;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>
/// The query with which an upload begins. It may name another repository to take a layer from, so nothing in it may be left over that
/// another reader could take for that.
/// </summary>
internal static class UploadQuery
{
    /// <summary>Reads a query. False where it holds a parameter twice, one that is not known, or one that is not what it must be.</summary>
    /// <param name="query">What follows the question mark; null for none.</param>
    /// <param name="mountedFrom">The other repository; null for none.</param>
    public static bool TryRead(string? query, out string? mountedFrom)
    {
        mountedFrom = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var part in (query ?? "").Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = part.Split('=', 2);
            if (pair.Length < 2 || !seen.Add(pair[0]) || !PercentEncoding.TryDecode(pair[1], plusIsSpace: true, out var value, out _))
            {
                return false;
            }

            switch (pair[0])
            {
                case "mount" or "digest" when ImageAddress.IsDigest(value):
                case "digest-algorithm" when ImageAddress.IsUpload(value):
                    break;
                case "from" when RegistryScopes.IsName(value):
                    mountedFrom = value;
                    break;
                default:
                    return false;
            }
        }

        return true;
    }
}
