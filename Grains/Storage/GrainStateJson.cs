using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansTokens.Grains.Audit;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Grains.Ids;
using OrleansTokens.Grains.Installation;
using OrleansTokens.Grains.Namespaces;
using OrleansTokens.Grains.Operators;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.Grains.Settings;

namespace OrleansTokens.Grains.Storage;

/// <summary>
/// The stored form of every grain state. Property names are for good; a new property must have a default that means "as before".
/// A state type that is not named here cannot be stored.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(ApplicationSettingsState))]
[JsonSerializable(typeof(AuditSegmentState))]
[JsonSerializable(typeof(AuditState))]
[JsonSerializable(typeof(DeployTokenState))]
[JsonSerializable(typeof(IdBlockState))]
[JsonSerializable(typeof(InstallationState))]
[JsonSerializable(typeof(NamespaceState))]
[JsonSerializable(typeof(OperatorState))]
[JsonSerializable(typeof(OperatorTokenState))]
[JsonSerializable(typeof(PathEntryState))]
[JsonSerializable(typeof(SigningKeyState))]
internal sealed partial class GrainStateJson : JsonSerializerContext;

/// <summary>What a host's storage needs to write and read grain states.</summary>
public static class GrainStates
{
    /// <summary>The stored form of every grain state, and of nothing else. A property that occurs twice is refused.</summary>
    public static JsonSerializerOptions CreateJsonOptions() =>
        new(GrainStateJson.Default.Options) { AllowDuplicateProperties = false };
}
