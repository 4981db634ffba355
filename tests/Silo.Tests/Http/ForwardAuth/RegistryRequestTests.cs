using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using CsCheck;
using Microsoft.AspNetCore.Http;
using OrleansTokens.Silo.Http.ForwardAuth;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth;

/// <summary>What a request to a registry needs, and which requests are understood at all.</summary>
public sealed partial class RegistryRequestTests
{
    private const string Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Theory]
    [InlineData("GET", "manifests/latest", "pull")]
    [InlineData("HEAD", "manifests/" + Digest, "pull")]
    [InlineData("PUT", "manifests/v1.0_x-y", "push")]
    [InlineData("DELETE", "manifests/" + Digest, "delete")]
    [InlineData("GET", "blobs/" + Digest, "pull")]
    [InlineData("HEAD", "blobs/" + Digest, "pull")]
    [InlineData("DELETE", "blobs/" + Digest, "delete")]
    [InlineData("GET", "tags/list", "pull")]
    [InlineData("GET", "tags/list?n=100&last=v1", "pull")]
    [InlineData("GET", "referrers/" + Digest, "pull")]
    [InlineData("POST", "blobs/uploads/", "push")]
    [InlineData("POST", "blobs/uploads/?digest=" + Digest, "push")]
    [InlineData("GET", "blobs/uploads/0f6b-4a_=.", "push")]
    [InlineData("HEAD", "blobs/uploads/0f6b", "push")]
    [InlineData("PATCH", "blobs/uploads/0f6b?_state=AbC%3D", "push")]
    [InlineData("PUT", "blobs/uploads/0f6b?_state=x&digest=sha256%3Aabc", "push")]
    [InlineData("DELETE", "blobs/uploads/0f6b", "push")]
    public void Request_OfARegistry_NeedsOneActionOnItsRepository(string method, string rest, string action)
    {
        foreach (var name in new[] { "acme", "acme/api", "acme/platform/api/worker/x", "a.b/c__d/e-f", "acme/manifests/tags/blobs", "acme/blobs/uploads" })
        {
            var request = Understood(method, $"/v2/{name}/{rest}");

            Assert.Equal([$"{name}:{action}"], request.Needs.Select(static s => s.Name + ":" + string.Join(',', s.Actions)));
            Assert.Equal($"repository:{name}:{(action == "push" ? "pull,push" : action)}", request.Asks);
            Assert.Equal(action == "delete", request.Deletes);
        }
    }

    [Theory]
    [InlineData("mount=" + Digest + "&from=other/repo")]
    [InlineData("from=other/repo&mount=" + Digest)]
    [InlineData("from=other%2Frepo&mount=sha256%3Ae3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("from=other/repo")]
    public void Request_ThatMountsALayer_NeedsToPullFromTheOtherRepositoryToo(string query)
    {
        var request = Understood("POST", "/v2/acme/api/blobs/uploads/?" + query);

        Assert.Equal(["acme/api:push", "other/repo:pull"], request.Needs.Select(static s => s.Name + ":" + s.Actions[0]));
        Assert.Equal("repository:acme/api:pull,push repository:other/repo:pull", request.Asks);
    }

    [Theory]
    [InlineData("from=a/b&from=c/d")]
    [InlineData("mount=" + Digest + "&mount=" + Digest)]
    [InlineData("%66rom=other/repo")]
    [InlineData("From=other/repo")]
    [InlineData("from%5B%5D=other/repo")]
    [InlineData("from=Other/Repo")]
    [InlineData("from=../repo")]
    [InlineData("from=")]
    [InlineData("from")]
    [InlineData("from=other/repo%7C")]
    [InlineData("mount=x")]
    [InlineData("x=1")]
    [InlineData("=from")]
    public void Query_OfAnUploadThatCouldNameAnotherRepository_IsRefused(string query) =>
        Assert.NotEqual(Refusal.None, Refused("POST", "/v2/acme/api/blobs/uploads/?" + query));

    [Theory]
    [InlineData("GET", "/v2/_catalog")]
    [InlineData("GET", "/v2/_catalog?n=5")]
    [InlineData("GET", "/v2/acme/api")]
    [InlineData("GET", "/v2/acme/api/")]
    [InlineData("GET", "/v2/manifests/latest")]
    [InlineData("GET", "/v2/acme/api/manifests/latest/")]
    [InlineData("GET", "/v2/acme/api/manifests/-x")]
    [InlineData("GET", "/v2/acme/api/manifests/a:b")]
    [InlineData("GET", "/v2/acme/api/blobs/latest")]
    [InlineData("GET", "/v2/acme/api/tags/other")]
    [InlineData("POST", "/v2/acme/api/blobs/uploads")]
    [InlineData("GET", "/v2/acme/API/manifests/latest")]
    [InlineData("GET", "/v2/acme/.api/manifests/latest")]
    [InlineData("GET", "/v2/acme/api..x/manifests/latest")]
    [InlineData("GET", "/v2/acme/a+b/manifests/latest")]
    [InlineData("GET", "/v2/acme/api:x/manifests/latest")]
    [InlineData("GET", "/v2/ac%6De/api/manifests/latest")]
    [InlineData("GET", "/v2/acme%2Fapi/manifests/latest")]
    [InlineData("GET", "/v2/acme/api/%6Danifests/latest")]
    [InlineData("GET", "/v2/acme/api/blobs/sha256%3Ae3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("POST", "/v2/acme/api/manifests/latest")]
    [InlineData("PATCH", "/v2/acme/api/manifests/latest")]
    [InlineData("PUT", "/v2/acme/api/blobs/uploads/")]
    [InlineData("POST", "/v2/acme/api/blobs/uploads/x")]
    [InlineData("PUT", "/v2/acme/api/tags/list")]
    [InlineData("get", "/v2/acme/api/tags/list")]
    [InlineData("OPTIONS", "/v2/acme/api/tags/list")]
    public void Request_ThatIsNotPlainlyOfARegistry_IsRefused(string method, string target) =>
        Assert.NotEqual(Refusal.None, Refused(method, target));

    [Fact]
    public void Name_ThatIsTooLong_IsRefused()
    {
        Assert.Equal(Refusal.None, Refused("GET", $"/v2/{new string('a', Limits.MaxRepositoryNameLength)}/tags/list"));
        Assert.NotEqual(Refusal.None, Refused("GET", $"/v2/{new string('a', Limits.MaxRepositoryNameLength + 1)}/tags/list"));
    }

    [Theory]
    [InlineData("/v2/acme/dependency_proxy/containers/alpine/manifests/latest", "acme")]
    [InlineData("/v2/acme/platform/dependency_proxy/containers/library/alpine/manifests/3.20", "acme/platform")]
    [InlineData("/v2/Acme/a/b/c/dependency_proxy/containers/a/b/c/d/blobs/" + Digest, "Acme/a/b/c")]
    [InlineData("/v2/dependency_proxy/x/dependency_proxy/containers/alpine/manifests/latest", "dependency_proxy/x")]
    public void DependencyProxy_ForAnImage_IsOfTheGroupBeforeIt(string target, string group)
    {
        foreach (var method in new[] { "GET", "HEAD" })
        {
            var original = Original(method, target);
            Assert.True(DependencyProxyRequest.IsOne(original.Uri));
            Assert.True(DependencyProxyRequest.TryParse(original, out var request, out _));
            Assert.Equal(group, request.Group.ToString());
        }
    }

    [Theory]
    [InlineData("GET", "/v2/dependency_proxy/containers/alpine/manifests/latest")]
    [InlineData("GET", "/v2/acme/dependency_proxy/containers/manifests/latest")]
    [InlineData("GET", "/v2/acme/dependency_proxy/containers/alpine/tags/list")]
    [InlineData("GET", "/v2/acme/dependency_proxy/containers/alpine/manifests/latest/")]
    [InlineData("GET", "/v2/acme/dependency_proxy/containers/alpine/blobs/latest")]
    [InlineData("GET", "/v2/acme/dependency_proxy/containers/Alpine/manifests/latest")]
    [InlineData("GET", "/v2/acme/dependency_proxy/containers/x/dependency_proxy/containers/alpine/manifests/latest")]
    [InlineData("GET", "/v2/acme/dependency_proxy/containers/dependency_proxy/containers/manifests/latest")]
    [InlineData("GET", "/v2/ac%6De/dependency_proxy/containers/alpine/manifests/latest")]
    [InlineData("GET", "/v2/acme%2Fx/dependency_proxy/containers/alpine/manifests/latest")]
    [InlineData("GET", "/v2/-acme/dependency_proxy/containers/alpine/manifests/latest")]
    [InlineData("PUT", "/v2/acme/dependency_proxy/containers/alpine/manifests/latest")]
    [InlineData("POST", "/v2/acme/dependency_proxy/containers/alpine/blobs/" + Digest)]
    [InlineData("DELETE", "/v2/acme/dependency_proxy/containers/alpine/blobs/" + Digest)]
    public void DependencyProxy_ForAnythingElse_IsRefused(string method, string target)
    {
        var original = Original(method, target);
        Assert.True(DependencyProxyRequest.IsOne(original.Uri));
        Assert.False(DependencyProxyRequest.TryParse(original, out _, out var refusal));
        Assert.NotEqual(Refusal.None, refusal);
    }

    /// <summary>
    /// Whatever is understood is, for a proxy that normalises and a registry that looks for the last words it knows, a request to the same
    /// repository.
    /// </summary>
    [Fact]
    public void Request_WhateverItsAddress_IsReadAsARegistryBehindAProxyReadsIt()
    {
        var understood = 0;
        Gen.Select(UriGen.Images, Gen.OneOf("GET", "HEAD", "PUT", "POST", "PATCH", "DELETE")).Sample(
            (target, method) =>
            {
                if (!TryOwned(target, out var uri) || DependencyProxyRequest.IsOne(uri)
                    || !RegistryRequest.TryParse(new OriginalRequest(method, uri), out var request, out _))
                {
                    return;
                }

                Interlocked.Increment(ref understood);
                var served = Backend.Normalise(target);
                var route = DistributionRoute().Match(served);
                Assert.True(route.Success, served);
                Assert.Equal(route.Groups["name"].Value, request.Needs[0].Name);
                var reads = method is "GET" or "HEAD" && !route.Groups["upload"].Success;
                Assert.Equal(reads, request.Needs[0].Actions is ["pull"]);
                Assert.Equal(request.Needs.Length == 2, Uri.UnescapeDataString(target).Contains("from=", StringComparison.OrdinalIgnoreCase) && method == "POST");
            },
            iter: 100_000);
        Assert.True(understood > 1000, $"{understood} were understood.");
    }

    [Fact]
    public void DependencyProxy_WhateverItsAddress_IsOfTheGroupThatAProxyServes()
    {
        var understood = 0;
        UriGen.Images.Sample(
            target =>
            {
                if (!TryOwned(target, out var uri) || !DependencyProxyRequest.IsOne(uri)
                    || !DependencyProxyRequest.TryParse(new OriginalRequest("GET", uri), out var request, out _))
                {
                    return;
                }

                Interlocked.Increment(ref understood);
                foreach (var pattern in new[] { FirstProxyRoute(), LastProxyRoute() })
                {
                    Assert.Equal(pattern.Match(Backend.Normalise(target)).Groups["group"].Value, request.Group.ToString());
                }
            },
            iter: 100_000);
        Assert.True(understood > 1000, $"{understood} were understood.");
    }

    /// <summary>Whether an address is one that these surfaces are asked about.</summary>
    private static bool TryOwned(string target, [NotNullWhen(true)] out OriginalUri? uri) =>
        OriginalUri.TryParse(target, out uri, out _) && uri.Segments is [ImageAddress.Root, ..];

    [GeneratedRegex(@"^/v2/(?<name>.+)/(?:manifests/[^/]+|(?<upload>blobs/uploads/[^/]*)|blobs/[^/]+|tags/list|referrers/[^/]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex DistributionRoute();

    [GeneratedRegex(@"^/v2/(?<group>.+?)/dependency_proxy/containers/.+$", RegexOptions.CultureInvariant)]
    private static partial Regex FirstProxyRoute();

    [GeneratedRegex(@"^/v2/(?<group>.+)/dependency_proxy/containers/.+$", RegexOptions.CultureInvariant)]
    private static partial Regex LastProxyRoute();

    private static RegistryRequest Understood(string method, string target)
    {
        Assert.True(RegistryRequest.TryParse(Original(method, target), out var request, out _), target);
        return request;
    }

    private static Refusal Refused(string method, string target)
    {
        _ = RegistryRequest.TryParse(Original(method, target), out _, out var refusal);
        return refusal;
    }

    private static OriginalRequest Original(string method, string target)
    {
        var headers = new HeaderDictionary { ["X-Original-URI"] = target, ["X-Original-Method"] = method };
        Assert.True(OriginalRequestReading.TryRead(headers, "GET", "/forward-auth", "/forward-auth", out var original, out var refusal), $"{refusal}: {target}");
        return original;
    }
}
