using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using OrleansTokens.DeployTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.AspNetCore;

/// <summary>What a request shows: HTTP Basic, which counts before the header <c>Deploy-Token</c>.</summary>
internal static class PresentedCredential
{
    /// <summary>Reads what is shown. Never throws.</summary>
    /// <param name="headers">The headers of the request.</param>
    /// <param name="withUsername">Whether the username of HTTP Basic counts.</param>
    /// <param name="credential">What was shown; null where it can be nobody's.</param>
    /// <returns>False where nothing was shown that concerns deploy tokens.</returns>
    public static bool TryRead(IHeaderDictionary headers, bool withUsername, out Credential? credential)
    {
        credential = null;
        switch (BasicCredential.Read(headers.Authorization, out var basic))
        {
            case BasicCredentialForm.Malformed:
                return true;
            case BasicCredentialForm.Present:
                credential = basic?.Secret is not { } password ? null
                    : withUsername ? Credential.WithUsername(basic.Username, password)
                    : Credential.SecretOnly(password);
                return true;
        }

        if (!headers.TryGetValue(DeployTokenDefaults.Header, out var shown) || StringValues.IsNullOrEmpty(shown))
        {
            return false;
        }

        credential = shown.Count == 1 && Secret.TryCreate(shown[0], out var secret) ? Credential.SecretOnly(secret) : null;
        return true;
    }
}
