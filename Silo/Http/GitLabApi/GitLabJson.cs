using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.HttpResults;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>How answers of the GitLab-shaped API are written: snake_case names and instants with milliseconds and <c>Z</c>.</summary>
[JsonSerializable(typeof(DateTimeOffset))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(MessageBody))]
[JsonSerializable(typeof(FieldErrorsBody))]
[JsonSerializable(typeof(NestedErrorBody))]
[JsonSerializable(typeof(ApplicationSettingsBody))]
[JsonSerializable(typeof(DeployTokenBody))]
[JsonSerializable(typeof(DeployTokenBody[]))]
[JsonSerializable(typeof(ExplanationBody))]
[JsonSerializable(typeof(AuditEventBody[]))]
[JsonSerializable(typeof(JobVariableBody[]))]
[JsonSerializable(typeof(GroupBody))]
[JsonSerializable(typeof(GroupBody[]))]
[JsonSerializable(typeof(ProjectBody))]
[JsonSerializable(typeof(ProjectBody[]))]
[JsonSerializable(typeof(SigningKeyBody[]))]
[JsonSerializable(typeof(SubtreeRevocationBody))]
[JsonSerializable(typeof(TokenErrorBody))]
[JsonSerializable(typeof(bool))]
[JsonSerializable(typeof(UserBody))]
[JsonSerializable(typeof(UserBody[]))]
[JsonSerializable(typeof(MemberBody))]
[JsonSerializable(typeof(MemberBody[]))]
[JsonSerializable(typeof(PersonalAccessTokenBody))]
[JsonSerializable(typeof(PersonalAccessTokenBody[]))]
[JsonSerializable(typeof(NamespaceBody))]
[JsonSerializable(typeof(NamespaceBody[]))]
[JsonSerializable(typeof(NamespaceExistenceBody))]
[JsonSerializable(typeof(VersionBody))]
[JsonSerializable(typeof(MetadataBody))]
internal sealed partial class GitLabJson : JsonSerializerContext
{
    /// <summary>The contract to use. Its encoder leaves <c>+</c>, quotes, and letters beyond ASCII readable: answers are JSON for
    /// programs, sent as such and never put into a page.</summary>
    public static GitLabJson Web { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new InstantConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>An answer with a JSON body.</summary>
    public static JsonHttpResult<T> Result<T>(int status, T body) =>
        TypedResults.Json(body, (JsonTypeInfo<T>)Web.GetTypeInfo(typeof(T))!, "application/json", status);

    /// <summary>Writes instants as GitLab does.</summary>
    internal sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        private const string Format = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture));
    }
}
