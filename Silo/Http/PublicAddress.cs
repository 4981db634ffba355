namespace OrleansTokens.Silo.Http;

/// <summary>Where clients find this process. A proxy that ends TLS asks by http and another name, so what a request says may be wrong.</summary>
/// <param name="configured">Scheme, host, and perhaps a path, without a slash at the end; null: what each request says.</param>
internal sealed class PublicAddress(string? configured)
{
    /// <summary>What was configured; null where nothing was.</summary>
    public string? Configured => configured;

    /// <summary>What absolute URLs begin with that lead back here; the path as this process sees it follows.</summary>
    public string Of(HttpRequest request) => configured ?? $"{request.Scheme}://{request.Host.ToUriComponent()}";
}
