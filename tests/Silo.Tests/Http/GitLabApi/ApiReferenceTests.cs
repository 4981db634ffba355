using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

public sealed partial class ApiReferenceTests(ApiHost host)
{
    [Fact]
    public async Task Document_DescribesEveryOperationAsDeclared()
    {
        var document = await DocumentAsync();

        Assert.NotEmpty(host.Operations);
        foreach (var operation in host.Operations)
        {
            var described = document["paths"]!["/api/v4" + operation.Path]?[operation.Method.Method.ToLowerInvariant()];
            Assert.True(described is not null, $"{operation.Id} is not described.");
            Assert.Equal(operation.Id, (string?)described["operationId"]);
            Assert.Equal(operation.Summary, (string?)described["summary"]);
            Assert.NotNull(described["responses"]![$"{operation.Status}"]);
            Assert.Equal(Declared(operation), Described(described));
        }
    }

    [Fact]
    public async Task Document_DescribesNothingElseBelowTheApi()
    {
        var document = await DocumentAsync();
        var described = document["paths"]!.AsObject()
            .Where(path => path.Key.StartsWith("/api/v4", StringComparison.Ordinal))
            .Sum(path => path.Value!.AsObject().Count);

        Assert.Equal(host.Operations.Count, described);
    }

    [Fact]
    public async Task Document_SaysWhatAnswersLookLike()
    {
        var document = await DocumentAsync();
        var issued = document["paths"]!["/api/v4/projects/{id}/deploy_tokens"]!["post"]!;

        Assert.Equal(
            "#/components/schemas/DeployTokenBody",
            (string?)issued["responses"]!["201"]!["content"]!["application/json"]!["schema"]!["$ref"]);
        Assert.Equal(
            ["expired", "expires_at", "id", "name", "revoked", "scopes", "token", "username"],
            document["components"]!["schemas"]!["DeployTokenBody"]!["properties"]!.AsObject().Select(property => property.Key).Order());
        Assert.Equal(
            ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"],
            issued["requestBody"]!["content"]!.AsObject().Select(content => content.Key));
    }

    [Fact]
    public void Operations_HaveDifferentNamesAndPlaces()
    {
        Assert.Equal(host.Operations.Count, host.Operations.Select(operation => operation.Id).Distinct().Count());
        Assert.All(host.Operations, operation => Assert.True(
            operation.Target is NamespaceKind.None
                == (!operation.Path.Contains("{id}", StringComparison.Ordinal) || operation.Parameters.Any(p => p is { Name: "id", InPath: true })),
            operation.Id));
    }

    [Fact]
    public async Task Page_LoadsEverythingFromThisProcess()
    {
        using var page = await host.Client.GetAsync(new Uri("/scalar/", UriKind.Relative));
        var html = await page.Content.ReadAsStringAsync();
        var scripts = SourcePattern().Matches(html).Select(match => match.Groups["url"].Value).ToList();

        Assert.True(page.IsSuccessStatusCode);
        Assert.DoesNotContain("http:", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", html, StringComparison.Ordinal);
        Assert.Equal(["scalar.js", "scalar.aspnetcore.js"], scripts);
        foreach (var script in scripts)
        {
            using var asset = await host.Client.GetAsync(new Uri("/scalar/" + script, UriKind.Relative));
            Assert.True(asset.IsSuccessStatusCode, script);
            Assert.Contains("javascript", asset.Content.Headers.ContentType?.MediaType, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Page_MayNotReachAnythingElse()
    {
        using var page = await host.Client.GetAsync(new Uri("/scalar/", UriKind.Relative));

        var policy = Assert.Single(page.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("*", policy, StringComparison.Ordinal);
    }

    private static IEnumerable<string> Declared(Silo.Http.GitLabApi.Operation operation) => operation.Parameters
        .Select(parameter => parameter.Name + (parameter.Required ? "!" : ""))
        .Concat(operation.Target is NamespaceKind.None ? [] : ["id!"])
        .Order(StringComparer.Ordinal);

    private static IEnumerable<string> Described(JsonNode operation)
    {
        var parameters = operation["parameters"]?.AsArray()
            .Select(parameter => (string)parameter!["name"]! + ((bool?)parameter["required"] is true ? "!" : "")) ?? [];
        var schema = operation["requestBody"]?["content"]!["application/json"]!["schema"]!;
        var required = schema?["required"]?.AsArray().Select(name => (string)name!).ToHashSet() ?? [];
        var fields = schema?["properties"]!.AsObject().Select(field => field.Key + (required.Contains(field.Key) ? "!" : "")) ?? [];
        return parameters.Concat(fields).Order(StringComparer.Ordinal);
    }

    private async Task<JsonNode> DocumentAsync() =>
        JsonNode.Parse(await host.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)))!;

    [GeneratedRegex("<script[^>]* src=\"(?<url>[^\"]+)\"")]
    private static partial Regex SourcePattern();
}
