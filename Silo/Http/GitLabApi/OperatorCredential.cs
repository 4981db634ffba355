using Microsoft.Extensions.Primitives;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>The credential by which an operator authenticates. It does not print itself.</summary>
/// <remarks>
/// A private token (<c>PRIVATE-TOKEN</c> header or <c>private_token</c> query parameter) counts before
/// <c>Authorization: Bearer</c>, as in GitLab: a proxy may add an Authorization of its own. Within one of the two kinds, different
/// values are invalid rather than guessed between. Basic, <c>Deploy-Token</c> and <c>JOB-TOKEN</c> mean nothing here.
/// </remarks>
internal readonly struct OperatorCredential
{
    private const string PrivateTokenHeader = "PRIVATE-TOKEN";
    private const string BearerPrefix = "Bearer ";
    private readonly string? _value;

    private OperatorCredential(OperatorCredentialKind kind, string? value) => (Kind, _value) = (kind, value);

    public OperatorCredentialKind Kind { get; }

    /// <summary>Takes the credential out of a request.</summary>
    public static OperatorCredential Of(HttpRequest request)
    {
        var privateTokens = request.Headers[PrivateTokenHeader].Concat(request.Query[SecretParameters.PrivateToken]);
        var credential = OnlyOne(privateTokens);
        return credential.Kind is OperatorCredentialKind.None ? OnlyOne(BearerTokens(request.Headers.Authorization)) : credential;
    }

    /// <summary>The credential as sent. Only for the call that authenticates it.</summary>
    public string Reveal() => _value ?? throw new InvalidOperationException("No credential was presented.");

    public override string ToString() => $"{nameof(OperatorCredential)}({Kind})";

    private static OperatorCredential OnlyOne(IEnumerable<string?> sent)
    {
        var values = sent.Where(value => !string.IsNullOrWhiteSpace(value)).Select(value => value!.Trim()).Distinct().Take(2).ToList();
        return values switch
        {
            [] => default,
            [var value] when IsPlausible(value) => new OperatorCredential(OperatorCredentialKind.Presented, value),
            _ => new OperatorCredential(OperatorCredentialKind.Invalid, null),
        };
    }

    private static IEnumerable<string> BearerTokens(StringValues headers) => headers
        .Where(header => header?.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) is true)
        .Select(header => header![BearerPrefix.Length..]);

    private static bool IsPlausible(string value) =>
        value.Length <= HttpLimits.MaxCredentialLength && !value.AsSpan().ContainsAnyExceptInRange('!', '~');
}

/// <summary>What a request presents as its operator's credential.</summary>
internal enum OperatorCredentialKind
{
    /// <summary>Nothing: the caller is anonymous.</summary>
    None = 0,

    /// <summary>One credential, not yet authenticated.</summary>
    Presented = 1,

    /// <summary>Something that cannot be one: too long, unprintable, or several that differ.</summary>
    Invalid = 2,
}
