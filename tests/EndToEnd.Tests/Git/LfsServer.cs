using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Git;

/// <summary>
/// A Git LFS server that trusts its proxy: it answers everything it is asked, uploads included. What reaches it was allowed.
/// </summary>
internal sealed class LfsServer : IAsyncDisposable
{
    private const string MediaType = "application/vnd.git-lfs+json";

    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, byte[]> _objects = new();

    private LfsServer(Uri address)
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

    /// <summary>Whether a request that reached the server brought a credential along.</summary>
    public bool SawCredential { get; private set; }

    public static async Task<LfsServer> StartAsync()
    {
        var server = new LfsServer(Loopback.Address(Loopback.FreePort()));
        await server._application.StartAsync();
        return server;
    }

    /// <summary>Keeps an object, and returns its id.</summary>
    public string Add(byte[] content)
    {
        var id = Convert.ToHexStringLower(SHA256.HashData(content));
        _objects[id] = content;
        return id;
    }

    public bool Has(string id) => _objects.ContainsKey(id);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var path = request.Path.Value!;
        Requests.Enqueue($"{request.Method} {path} {request.Headers["X-Auth-User"]}");
        SawCredential |= request.Headers.ContainsKey("Authorization");
        if (path.EndsWith("/info/lfs/objects/batch", StringComparison.Ordinal))
        {
            await AnswerBatchAsync(context, path[..^"/info/lfs/objects/batch".Length]);
        }
        else if (path.Contains("/gitlab-lfs/objects/", StringComparison.Ordinal))
        {
            await AnswerObjectAsync(context, path.Split('/')[^2]);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private static async Task AnswerBatchAsync(HttpContext context, string repository)
    {
        using var batch = await JsonDocument.ParseAsync(context.Request.Body);
        var action = batch.RootElement.GetProperty("operation").GetString()!;
        var objects = batch.RootElement.GetProperty("objects").EnumerateArray().Select(wanted =>
        {
            var (oid, size) = (wanted.GetProperty("oid").GetString()!, wanted.GetProperty("size").GetInt64());
            var href = string.Create(
                CultureInfo.InvariantCulture, $"http://{context.Request.Host}{repository}/gitlab-lfs/objects/{oid}/{size}");
            return new { oid, size, actions = new Dictionary<string, object> { [action] = new { href } } };
        }).ToArray();
        context.Response.ContentType = MediaType;
        await context.Response.WriteAsync(JsonSerializer.Serialize(new { transfer = "basic", objects }));
    }

    private async Task AnswerObjectAsync(HttpContext context, string id)
    {
        if (HttpMethods.IsPut(context.Request.Method))
        {
            using var content = new MemoryStream();
            await context.Request.Body.CopyToAsync(content);
            _objects[id] = content.ToArray();
        }
        else if (_objects.TryGetValue(id, out var content))
        {
            await context.Response.Body.WriteAsync(content);
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}
