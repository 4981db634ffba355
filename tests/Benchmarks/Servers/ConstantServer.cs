using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OrleansTokens.Benchmarks;

/// <summary>
/// What the web server alone comes to: it answers everything with 200 and nothing else, but for <c>/sign/{length}</c>, where it makes a JWT of
/// about that length, another one for each request, signs it with ES256, and does nothing else.
/// </summary>
internal static class ConstantServer
{
    public const string Verb = "constant";

    private const int SignatureLength = 64;
    private const int FreshLength = 16;

    private static readonly byte[] Header = """{"alg":"ES256","typ":"JWT"}"""u8.ToArray();
    private static readonly ThreadLocal<ECDsa> Key = new(static () => ECDsa.Create(SharedKey));
    private static readonly ECParameters SharedKey = MakeKey();

    public static async Task<int> RunAsync(string url)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false).UseUrls(url);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/sign/{length:int}", static (int length) => TypedResults.Text(Sign(length)));
        app.Map("/{**any}", static () => TypedResults.Ok());
        await app.RunAsync();
        return 0;
    }

    private static string Sign(int length)
    {
        var rest = (length * 3 / 4) - Header.Length - SignatureLength - (2 * FreshLength);
        var payload = $$"""{"jti":"{{Convert.ToHexString(RandomNumberGenerator.GetBytes(FreshLength))}}","access":"{{new string('x', Math.Max(0, rest))}}"}""";
        var signed = $"{Base64Url.EncodeToString(Header)}.{Base64Url.EncodeToString(Encoding.ASCII.GetBytes(payload))}";
        var signature = Key.Value!.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static ECParameters MakeKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportParameters(includePrivateParameters: true);
    }
}
