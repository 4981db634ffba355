namespace OrleansTokens.Silo.Http.DockerToken;

internal sealed partial class RegistryKeysHandler
{
    [LoggerMessage(4202, LogLevel.Error, "The public keys for registries could not be shown; the request was answered as unavailable.")]
    private partial void LogFailed(Exception exception);
}
