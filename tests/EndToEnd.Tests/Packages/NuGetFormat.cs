using System.IO.Compression;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;

namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>The part of the NuGet protocol, version 3, that <c>dotnet nuget push</c> and <c>dotnet restore</c> use.</summary>
internal static class NuGetFormat
{
    private const string Download = "download/";

    public static async Task AnswerAsync(PackageCall call, PackageStore store)
    {
        if (HttpMethods.IsPut(call.Context.Request.Method))
        {
            await PushAsync(call, store);
        }
        else if (call.Path == "index.json")
        {
            object[] resources =
            [
                new Dictionary<string, string> { ["@id"] = call.Base, ["@type"] = "PackagePublish/2.0.0" },
                new Dictionary<string, string> { ["@id"] = $"{call.Base}/{Download}", ["@type"] = "PackageBaseAddress/3.0.0" },
            ];
            await call.Context.Response.WriteAsJsonAsync(new { version = "3.0.0", resources });
        }
        else if (call.Path.StartsWith(Download, StringComparison.Ordinal) && call.Path.EndsWith("/index.json", StringComparison.Ordinal))
        {
            var package = call.Path[..^"index.json".Length];
            var versions = store.Visible(call).Where(file => file.Path.StartsWith(package, StringComparison.Ordinal))
                .Select(static file => file.Path.Split('/')[2]).ToArray();
            call.Context.Response.StatusCode = versions.Length == 0 ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
            await call.Context.Response.WriteAsJsonAsync(new { versions });
        }
        else
        {
            await store.AnswerFileAsync(call);
        }
    }

    private static async Task PushAsync(PackageCall call, PackageStore store)
    {
        var form = await call.Context.Request.ReadFormAsync();
        await using var content = form.Files[0].OpenReadStream();
        var (id, version) = Identify(content);
        content.Position = 0;
        await store.AddAsync(call, $"{Download}{id}/{version}/{id}.{version}.nupkg", content);
    }

    private static (string Id, string Version) Identify(Stream package)
    {
        using var archive = new ZipArchive(package, ZipArchiveMode.Read, leaveOpen: true);
        using var nuspec = archive.Entries.Single(static entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        var metadata = XDocument.Load(nuspec).Root!.Elements().Single(static element => element.Name.LocalName == "metadata");
        return (Value(metadata, "id"), Value(metadata, "version"));
    }

    private static string Value(XElement metadata, string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
}
