using OrleansTokens.Client;

namespace OrleansTokens.Silo.Http.Oidc;

/// <summary>Registers the identity provider.</summary>
internal static class OidcExtensions
{
    private const int MaxDocumentBytes = 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ResolveAgainAfter = TimeSpan.FromMinutes(5);

    /// <summary>Lets operators in by JWTs of an issuer.</summary>
    /// <param name="services">Where to.</param>
    /// <param name="settings">The issuer, and what its JWTs count for.</param>
    /// <param name="time">The time by which its JWTs and keys are judged; that of the process where none is given.</param>
    public static IServiceCollection AddOidc(this IServiceCollection services, OidcSettings settings, TimeProvider? time = null)
    {
        services.AddSingleton(s => new OidcKeys(
            settings, NewHttp(), time ?? s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<OidcKeys>>()));
        services.AddSingleton(s => new OidcVerifier(settings, s.GetRequiredService<OidcKeys>(), time ?? s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new OidcOperators(
            settings, s.GetRequiredService<OidcVerifier>(), s.GetRequiredService<OperatorAdministration>()));
        return services;
    }

    private static HttpClient NewHttp() => new(
        new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = ResolveAgainAfter }, disposeHandler: true)
    {
        Timeout = Timeout,
        MaxResponseContentBufferSize = MaxDocumentBytes,
    };
}
