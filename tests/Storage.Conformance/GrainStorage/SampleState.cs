using System.Text.Json.Serialization;

namespace OrleansTokens.Storage.Conformance.GrainStorage;

/// <summary>A state like any other, for backends that are asked to store one.</summary>
public sealed record SampleState
{
    public string? Text { get; init; }

    public long Number { get; init; }
}

/// <summary>Storing it as production states are stored.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(SampleState))]
internal sealed partial class SampleStateJson : JsonSerializerContext;
