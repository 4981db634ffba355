namespace OrleansTokens.Silo.Http.OAuth;

/// <summary>Who says what these endpoints say: the address of the authority, as its clients know it.</summary>
internal static class OAuthIssuer
{
    /// <summary>The address, without a trailing slash.</summary>
    public static string Of(HttpContext http) =>
        $"{http.Request.Scheme}://{http.Request.Host.ToUriComponent()}{http.Request.PathBase.ToUriComponent()}".TrimEnd('/');
}
