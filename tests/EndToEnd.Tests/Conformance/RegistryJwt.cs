using System.Buffers.Text;
using System.Text.Json.Nodes;

namespace OrleansTokens.EndToEnd.Tests.Conformance;

/// <summary>Reads what <c>/jwt/auth</c> signed, without verifying it.</summary>
internal static class RegistryJwt
{
    public static JsonNode Header(string jwt) => Part(jwt, 0);

    public static JsonNode Claims(string jwt) => Part(jwt, 1);

    public static JsonNode Claims(Answer answer) => Claims((string)answer.Json["token"]!);

    public static IReadOnlyList<JsonNode> Access(Answer answer) => [.. Claims(answer)["access"]!.AsArray().Select(static entry => entry!)];

    private static JsonNode Part(string jwt, int part) => JsonNode.Parse(Base64Url.DecodeFromChars(jwt.Split('.')[part]))!;
}
