using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using OrleansTokens.Silo.Http.LeakReports;
using OrleansTokens.Silo.Tests.Http.GitLabApi;

namespace OrleansTokens.Silo.Tests.Http.LeakReports;

/// <summary>Reports as GitHub and GitLab send them, and the senders that the tests' host knows.</summary>
internal static class LeakReportCalls
{
    public const string KeyId = "bcb53661c06b4728e59d897fb6165d5c9cda0fd9cdf9d09ead458168deb7518c";
    public const string GitLabToken = "what GitLab shows to us";
    public const string GitLabType = "gitleaks_rule_id_gitlab_deploy_token";

    /// <summary>GitHub's key, as far as the tests are concerned.</summary>
    public static ECDsa GitHub { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static IReadOnlyDictionary<string, string?> Settings { get; } = new Dictionary<string, string?>
    {
        ["Grid:LeakReports:GitHub:PublicKeys:0:Id"] = KeyId,
        ["Grid:LeakReports:GitHub:PublicKeys:0:Pem"] = GitHub.ExportSubjectPublicKeyInfoPem(),
        ["Grid:LeakReports:GitLab:Token"] = GitLabToken,
    };

    public static string Sign(byte[] body, ECDsa? key = null) => Convert.ToBase64String(
        (key ?? GitHub).SignData(body, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

    public static Task<ApiAnswer> GitHubReportsAsync(this ApiHost host, string json) => host.Client.GitHubReportsAsync(Encoding.UTF8.GetBytes(json));

    public static Task<ApiAnswer> GitHubReportsAsync(this HttpClient client, byte[] body, string? keyId = KeyId, string? signature = null) =>
        client.PostAsync(
            LeakReportRoutes.GitHubPath, body, ("Github-Public-Key-Identifier", keyId), ("Github-Public-Key-Signature", signature ?? Sign(body)));

    public static Task<ApiAnswer> GitLabReportsAsync(this ApiHost host, string json, string? token = GitLabToken) =>
        host.Client.PostAsync(LeakReportRoutes.GitLabPath, Encoding.UTF8.GetBytes(json), ("Authorization", token));

    public static async Task<ApiAnswer> PostAsync(
        this HttpClient client, string path, byte[] body, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in headers.Where(header => header.Value is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request);
        return new ApiAnswer(
            (int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers, response.Content.Headers);
    }
}
