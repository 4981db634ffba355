using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>
/// A package server at GitLab's addresses that trusts its proxy: it does everything it is asked, in the project or group that the proxy
/// names. What reaches it was allowed.
/// </summary>
internal sealed partial class PackageStore : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<PackageFile, byte[]> _files = new();

    private PackageStore(Uri address)
    {
        Address = address;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(address.GetLeftPart(UriPartial.Authority));
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    public Uri Address { get; }

    /// <summary>Requests that came through, as <c>METHOD path user</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>What came through, as it was sent, with the project and the group that the proxy named.</summary>
    public ConcurrentQueue<PassedOn> Passed { get; } = new();

    /// <summary>Whether a request that reached the server brought a credential along.</summary>
    public bool SawCredential { get; private set; }

    public static async Task<PackageStore> StartAsync()
    {
        var store = new PackageStore(Loopback.Address(Loopback.FreePort()));
        await store._application.StartAsync();
        return store;
    }

    /// <summary>The files of a format, of one project, by their paths below it.</summary>
    public IEnumerable<string> Files(string project, string format) =>
        _files.Keys.Where(file => file.Project == project && file.Format == format).Select(static file => file.Path).Order(StringComparer.Ordinal);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        Requests.Enqueue($"{request.Method} {request.Path} {request.Headers["X-Auth-User"]}");
        Passed.Enqueue(new PassedOn(
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            request.Headers["X-Auth-Project"].ToString(),
            request.Headers["X-Auth-Group"].ToString()));
        SawCredential |= request.Headers.ContainsKey("Authorization") || request.Headers.ContainsKey("Deploy-Token");
        var address = PackageAddress().Match(request.Path.Value!);
        if (!address.Success)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var call = new PackageCall(
            context,
            $"http://{request.Host}{address.Groups["base"].Value}",
            address.Groups["format"].Value,
            address.Groups["path"].Value,
            request.Headers["X-Auth-Project"].ToString(),
            request.Headers["X-Auth-Group"].ToString());
        await (call.Format switch
        {
            "pypi" => PyPiFormat.AnswerAsync(call, this),
            "nuget" => NuGetFormat.AnswerAsync(call, this),
            _ => AnswerFileAsync(call),
        });
    }

    /// <summary>Keeps or gives a file as it is: all there is to the generic format and to Maven's.</summary>
    public async Task AnswerFileAsync(PackageCall call)
    {
        var (request, response) = (call.Context.Request, call.Context.Response);
        if (HttpMethods.IsPut(request.Method))
        {
            await AddAsync(call, call.Path, request.Body);
        }
        else if (HttpMethods.IsDelete(request.Method))
        {
            response.StatusCode = _files.TryRemove(new PackageFile(call.Project, call.Format, call.Path), out _)
                ? StatusCodes.Status204NoContent
                : StatusCodes.Status404NotFound;
        }
        else if (Visible(call).FirstOrDefault(file => file.Path == call.Path) is { } found)
        {
            response.ContentLength = _files[found].Length;
            await response.Body.WriteAsync(HttpMethods.IsHead(request.Method) ? [] : _files[found]);
        }
        else
        {
            response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    /// <summary>The files of the format in the project or group that is asked about.</summary>
    public IEnumerable<PackageFile> Visible(PackageCall call) => _files.Keys.Where(file => file.Format == call.Format
        && (file.Project == call.Project || (call.Group.Length > 0 && file.Project.StartsWith(call.Group + "/", StringComparison.Ordinal))));

    public async Task AddAsync(PackageCall call, string path, Stream content)
    {
        if (call.Project.Length == 0)
        {
            call.Context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            return;
        }

        using var received = new MemoryStream();
        await content.CopyToAsync(received);
        _files[new PackageFile(call.Project, call.Format, path)] = received.ToArray();
        call.Context.Response.StatusCode = StatusCodes.Status201Created;
    }

    [GeneratedRegex("^(?<base>/api/v4/(?:projects/[^/]+|groups/[^/]+/-)/packages/(?<format>[a-z]+))(?:/(?<path>.*))?$")]
    private static partial Regex PackageAddress();
}

/// <summary>A request for packages. Of <paramref name="Project"/> and <paramref name="Group"/>, full paths, one is empty.</summary>
internal sealed record PackageCall(HttpContext Context, string Base, string Format, string Path, string Project, string Group);

internal sealed record PassedOn(string Target, string Project, string Group);

internal sealed record PackageFile(string Project, string Format, string Path);
