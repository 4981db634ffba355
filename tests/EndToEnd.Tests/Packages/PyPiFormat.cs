using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>What twine uploads, and the simple index that pip reads.</summary>
internal static class PyPiFormat
{
    private const string Simple = "simple/";

    public static async Task AnswerAsync(PackageCall call, PackageStore store)
    {
        if (HttpMethods.IsPost(call.Context.Request.Method))
        {
            var form = await call.Context.Request.ReadFormAsync();
            var file = form.Files.GetFile("content")!;
            await using var content = file.OpenReadStream();
            var digest = Convert.ToHexStringLower(await SHA256.HashDataAsync(content));
            content.Position = 0;
            await store.AddAsync(call, $"files/{digest}/{file.FileName}", content);
        }
        else if (call.Path.StartsWith(Simple, StringComparison.Ordinal))
        {
            var name = call.Path[Simple.Length..].Trim('/').Replace('-', '_');
            var links = store.Visible(call).Where(file => file.Path.Split('/')[^1].StartsWith(name + "-", StringComparison.Ordinal))
                .Select(file => $"<a href=\"{call.Base}/{file.Path}#sha256={file.Path.Split('/')[1]}\">{file.Path.Split('/')[2]}</a><br>").ToList();
            call.Context.Response.StatusCode = links.Count == 0 ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
            call.Context.Response.ContentType = "text/html";
            await call.Context.Response.WriteAsync($"<!DOCTYPE html><html><body>{string.Concat(links)}</body></html>");
        }
        else
        {
            await store.AnswerFileAsync(call);
        }
    }
}
