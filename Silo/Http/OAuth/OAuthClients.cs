using OrleansTokens.Silo.Http.Credentials;

namespace OrleansTokens.Silo.Http.OAuth;

/// <summary>Recognises clients. The time it takes says nothing about a right secret, nor whether a client exists.</summary>
internal sealed class OAuthClients(OAuthOptions options)
{
    private readonly Dictionary<string, (OAuthClient Client, ExpectedSecret Secret)> _byId =
        options.Clients.ToDictionary(static c => c.Id, static c => (c, ExpectedSecret.Of(c.Secret)), StringComparer.Ordinal);

    /// <summary>
    /// The client of a Basic credential. RFC 6749 §2.3.1 has both parts form-encoded, and not every client does so: where the decoded
    /// parts are no client's, they are taken as they are.
    /// </summary>
    public OAuthClient? FindEncoded(string id, string secret)
    {
        var decoded = PercentEncoding.TryDecode(id, plusIsSpace: true, out var plainId, out _)
            && PercentEncoding.TryDecode(secret, plusIsSpace: true, out var plainSecret, out _)
                ? Find(plainId, plainSecret)
                : null;
        return decoded ?? Find(id, secret);
    }

    /// <summary>The client with this id and secret, or null.</summary>
    public OAuthClient? Find(string? id, string? secret)
    {
        var (client, expected) = _byId.TryGetValue(id ?? "", out var known) ? known : (null, ExpectedSecret.Nobodys);
        return expected.Matches(secret) ? client : null;
    }
}
