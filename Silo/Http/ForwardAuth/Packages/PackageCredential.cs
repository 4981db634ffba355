using Microsoft.Extensions.Primitives;
using OrleansTokens.Client.AspNetCore;
using OrleansTokens.DeployTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.ForwardAuth.Packages;

/// <summary>
/// What a package manager shows. Of several, one counts, right or wrong: HTTP Basic before the header <c>Deploy-Token</c>, that before
/// Bearer, that before the query (reference §3.6). Never prints it.
/// </summary>
internal sealed class PackageCredential
{
    /// <summary>The header that GitLab has for deploy tokens.</summary>
    public const string DeployTokenHeader = DeployTokenDefaults.Header;

    private const string BearerScheme = "Bearer ";
    private const string AccessTokenParameter = "access_token";
    private const string TerraformParameter = "token";

    /// <summary>Nothing was shown.</summary>
    public static readonly PackageCredential None = new(null, isShown: false);

    /// <summary>Something was shown that cannot be anyone's.</summary>
    public static readonly PackageCredential Wrong = new(null, isShown: true);

    private PackageCredential(Credential? credential, bool isShown) => (Credential, IsShown) = (credential, isShown);

    /// <summary>What is to be validated; null for nothing.</summary>
    public Credential? Credential { get; }

    /// <summary>Whether anything was shown.</summary>
    public bool IsShown { get; }

    /// <summary>Reads what counts, in the places of a format.</summary>
    /// <param name="format">The registry.</param>
    /// <param name="headers">The headers of the request.</param>
    /// <param name="query">The query of the original address, as it came.</param>
    public static PackageCredential Read(PackageFormat format, IHeaderDictionary headers, string? query)
    {
        var authorization = headers.Authorization;
        switch (BasicCredential.Read(authorization, out var basic))
        {
            case BasicCredentialForm.Malformed:
                return Wrong;
            case BasicCredentialForm.Present:
                return basic?.Secret is not { } secret ? Wrong
                    : Of(format.InsistsOnCredential ? Credential.WithUsername(basic.Username, secret) : Credential.SecretOnly(secret));
        }

        if (headers.TryGetValue(DeployTokenHeader, out var shown) && !StringValues.IsNullOrEmpty(shown))
        {
            return OfText(shown.Count == 1 ? shown[0] : null);
        }

        var other = authorization.ToString();
        if (format.Places.HasFlag(CredentialPlaces.Bearer) && other.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase))
        {
            return OfText(other[BearerScheme.Length..].Trim(' '));
        }

        if (format.Places.HasFlag(CredentialPlaces.RawAuthorization) && other.Length > 0 && !other.Contains(' ', StringComparison.Ordinal))
        {
            return OfText(other);
        }

        return OfQuery(format, query);
    }

    /// <inheritdoc/>
    public override string ToString() => "(redacted)";

    private static PackageCredential OfQuery(PackageFormat format, string? query)
    {
        // GitLab puts a JWT of its own into the address of a module's file. None is made here, so none can be right.
        if (format == PackageFormat.Terraform && Parameters(query, TerraformParameter).Count > 0)
        {
            return Wrong;
        }

        if (!format.Places.HasFlag(CredentialPlaces.AccessTokenParameter))
        {
            return None;
        }

        var values = Parameters(query, AccessTokenParameter);
        return values.Count == 0 ? None : OfText(values.Count == 1 ? values[0] : null);
    }

    private static List<string?> Parameters(string? query, string name) =>
    [
        .. from pair in (query ?? "").Split('&')
           let parts = pair.Split('=', 2)
           where PercentEncoding.TryDecode(parts[0], plusIsSpace: true, out var key, out _) && key == name
           select parts.Length == 2 && PercentEncoding.TryDecode(parts[1], plusIsSpace: true, out var value, out _) ? value : null,
    ];

    private static PackageCredential OfText(string? text) => Secret.TryCreate(text, out var secret) ? Of(Credential.SecretOnly(secret)) : Wrong;

    private static PackageCredential Of(Credential credential) => new(credential, isShown: true);
}
