using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansTokens.DeployTokens;

/// <summary>The wire form of a <see cref="Secret"/>, between silos and clients only: it has to cross in a validation request.</summary>
[GenerateSerializer, Immutable, Alias(WireAliases.Secret)]
internal readonly struct SecretSurrogate(string text)
{
    [Id(0)]
    public readonly string Text = text;
}

/// <summary>
/// Asserts on the receiving side of a wire what <see cref="Secret.TryCreate"/> asserted on the sending side: whoever reaches
/// the port can write any bytes.
/// </summary>
[RegisterConverter]
internal sealed class SecretConverter : IConverter<Secret, SecretSurrogate>
{
    public Secret ConvertFromSurrogate(in SecretSurrogate surrogate) =>
        Secret.TryCreate(surrogate.Text, out var secret)
            ? secret
            : throw new InvalidDataException("The message holds a secret that is empty, too long or not well-formed text.");

    public SecretSurrogate ConvertToSurrogate(in Secret value) => new(value.Reveal());
}

/// <summary>
/// Makes every JSON serialization of a secret, however deep in another object, a loud failure at the first test.
/// A reply that shows a secret writes the string itself.
/// </summary>
internal sealed class SecretJsonConverter : JsonConverter<Secret>
{
    public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw Refusal();

    public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => throw Refusal();

    private static NotSupportedException Refusal() =>
        new("A secret is not serialized as JSON. The reply that issues a token reveals it explicitly.");
}
