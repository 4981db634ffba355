namespace OrleansTokens.Silo.Http.Oidc;

internal sealed partial class OidcKeys
{
    [LoggerMessage(4401, LogLevel.Warning, "The keys of the identity provider could not be read.")]
    private partial void LogNotRead(Exception fault);
}
