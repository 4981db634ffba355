using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Orleans.Storage;

namespace OrleansTokens.Silo.Storage;

/// <summary>
/// Grain state as UTF-8 JSON. Only types that the given resolver knows can be stored or read: there is no reflection to fall back
/// on, and no type name in the data that could choose what is created.
/// </summary>
public sealed class JsonGrainStateSerializer : IGrainStorageSerializer
{
    private readonly JsonSerializerOptions _options;

    /// <summary>Uses these options, which must name a resolver, as they are.</summary>
    public JsonGrainStateSerializer(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.TypeInfoResolver is null)
        {
            throw new ArgumentException("The options name no TypeInfoResolver, so every type would be unknown.", nameof(options));
        }

        _options = options;
        _options.MakeReadOnly();
    }

    /// <summary>
    /// Uses the types that this resolver knows, in the form that it states if it is a source-generated context, and strictly: a
    /// property that occurs twice makes a record unreadable.
    /// </summary>
    public JsonGrainStateSerializer(IJsonTypeInfoResolver resolver)
        : this(OptionsOf(resolver))
    {
    }

    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input, TypeInfo<T>()));

    /// <inheritdoc/>
    public T? Deserialize<T>(BinaryData input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return JsonSerializer.Deserialize(input.ToMemory().Span, TypeInfo<T>());
    }

    /// <summary>A context's names and conventions are in its own options only; under any others it would store another form.</summary>
    private static JsonSerializerOptions OptionsOf(IJsonTypeInfoResolver resolver) => resolver is JsonSerializerContext context
        ? new JsonSerializerOptions(context.Options) { AllowDuplicateProperties = false }
        : new JsonSerializerOptions { TypeInfoResolver = resolver, AllowDuplicateProperties = false };

    private JsonTypeInfo<T?> TypeInfo<T>() =>
        _options.TryGetTypeInfo(typeof(T), out var info)
            ? (JsonTypeInfo<T?>)info
            : throw new NotSupportedException(
                $"{typeof(T)} is not among the types that grain state is serialized from. Add it to the serializer context.");
}
