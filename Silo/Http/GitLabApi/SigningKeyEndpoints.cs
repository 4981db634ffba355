using System.Collections.Immutable;
using OrleansTokens.Client;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>The keys that sign for registries: <c>/api/v4/signing_keys</c>. GitLab has nothing of the kind.</summary>
internal static class SigningKeyEndpoints
{
    private const string Noun = "Signing keys";

    private static readonly IntegerParameter Delay = new(
        "delay", "Seconds for which the new key is only published, so that registries can learn it before it signs.")
    {
        Minimum = 0,
        Maximum = (long)Limits.MaxKeyActivationDelay.TotalSeconds,
        Fallback = (long)TimeSpan.FromDays(1).TotalSeconds,
    };

    private static readonly TextParameter KeyId = new("key_id", "The id of a key, as the list gives it.") { Required = true, InPath = true };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperation(
            new(HttpMethod.Get, "/signing_keys", "listSigningKeys", "Keys that registries must accept now, newest first")
            {
                Noun = Noun,
                Caller = Caller.Administrator,
                Answer = typeof(SigningKeyBody[]),
            },
            async call => Answer(call, await Validator(call).GetPublishedKeysAsync(call.Aborted)));
        routes.MapOperation(
            new(HttpMethod.Post, "/signing_keys/rotate", "rotateSigningKey", "Make a new signing key")
            {
                Noun = Noun,
                Description = "It is published at once and signs after the delay. The key before it stays published until the last "
                    + "token that it signed has ended.",
                Caller = Caller.Administrator,
                Parameters = [Delay],
                Status = StatusCodes.Status201Created,
                Answer = typeof(SigningKeyBody[]),
            },
            async call => Answer(call, await call.Authority.RotateSigningKeyAsync(
                TimeSpan.FromSeconds(call.Arguments.Get(Delay)), call.Caller.Id, call.Aborted)));
        routes.MapOperation(
            new(HttpMethod.Delete, "/signing_keys/{key_id}", "removeSigningKey", "Take a signing key away at once")
            {
                Noun = Noun,
                Description = "For a key that has leaked, or was made by mistake. What it signed is refused by every registry that reads the "
                    + "keys from now on. Where it was the one that signs, a new one is made.",
                Caller = Caller.Administrator,
                Parameters = [KeyId],
                Answer = typeof(SigningKeyBody[]),
            },
            async call => Answer(call, await call.Authority.RemoveSigningKeyAsync(call.Arguments.Get(KeyId), call.Caller.Id, call.Aborted)));
    }

    private static DeployTokenValidator Validator(ApiCall call) => call.Http.RequestServices.GetRequiredService<DeployTokenValidator>();

    private static IResult Answer(ApiCall call, ImmutableArray<PublishedKey> keys) => call.Answer(keys.Select(SigningKeyBody.Of).ToArray());
}
