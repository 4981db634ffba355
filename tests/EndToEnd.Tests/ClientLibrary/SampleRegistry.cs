using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.ClientLibrary;

/// <summary>The sample registry while it runs, and a client of it.</summary>
internal sealed class SampleRegistry : IAsyncDisposable
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http;

    private SampleRegistry(BackgroundProgram program, Uri address)
    {
        Program = program;
        _http = new HttpClient { BaseAddress = address };
    }

    public BackgroundProgram Program { get; }

    /// <summary>Starts it, and waits until it answers; whether or not it has found the authority.</summary>
    public static async Task<SampleRegistry> StartAsync(SampleFixture sample, string storage, int gatewayPort)
    {
        var address = Loopback.Address(Loopback.FreePort());
        var program = BackgroundProgram.Start(
            "dotnet",
            [sample.Assembly, "--urls", address.GetLeftPart(UriPartial.Authority)],
            new Dictionary<string, string>
            {
                ["DeployTokens__Gateways__0"] = $"127.0.0.1:{gatewayPort.ToString(CultureInfo.InvariantCulture)}",
                ["DeployTokens__Deadline"] = Deadline.ToString("c"),
                ["Storage"] = storage,
            });
        var registry = new SampleRegistry(program, address);
        await program.WaitUntilAsync(() => Loopback.AnswersAsync(registry._http, address));
        return registry;
    }

    public async Task<(HttpStatusCode Status, string? Challenge)> PutAsync(long project, string? credentials, string content)
    {
        using var request = Request(HttpMethod.Put, project, credentials);
        request.Content = new StringContent(content);
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, response.Headers.WwwAuthenticate.FirstOrDefault()?.Scheme);
    }

    public async Task<(HttpStatusCode Status, string Content)> GetAsync(long project, string? credentials)
    {
        using var request = Request(HttpMethod.Get, project, credentials);
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The same with the token in the header <c>Deploy-Token</c>.</summary>
    public async Task<HttpStatusCode> GetByHeaderAsync(long project, string secret)
    {
        using var request = Request(HttpMethod.Get, project, credentials: null);
        request.Headers.Add("Deploy-Token", secret);
        using var response = await _http.SendAsync(request);
        return response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Program.DisposeAsync();
    }

    private static HttpRequestMessage Request(HttpMethod method, long project, string? credentials)
    {
        var request = new HttpRequestMessage(method, $"/projects/{project}/packages/generic/app/1.0.0/app.txt");
        if (credentials is not null)
        {
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", encoded);
        }

        return request;
    }
}
