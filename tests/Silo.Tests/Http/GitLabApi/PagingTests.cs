using System.Globalization;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using OrleansTokens.Silo.Http.GitLabApi;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

public class PagingTests
{
    private static readonly IReadOnlyList<Parameter> Declared = [Paging.Page, Paging.PerPage];

    [Theory]
    [InlineData("", 1, 20)]
    [InlineData("?page=3&per_page=5", 3, 5)]
    [InlineData("?page=0", 1, 20)]
    [InlineData("?page=&per_page=", 1, 20)]
    [InlineData("?per_page=100", 1, 100)]
    [InlineData("?per_page=101", 1, 100)]
    [InlineData("?per_page=99999999999999999999&page=99999999999999999999", long.MaxValue, 100)]
    [InlineData("?per_page=9223372036854775807&page=9223372036854775807", long.MaxValue, 100)]
    public async Task Of_WhenWellFormed_IsThePage(string query, long page, int perPage)
    {
        var arguments = Arguments.Bind(Declared, [], await Requests.ReadAsync(Requests.Get(query)), _ => null, out _);

        Assert.Equal(new PageRequest(page, perPage), Paging.Of(arguments!));
    }

    [Theory]
    [InlineData("?page=x", "page is invalid")]
    [InlineData("?page=1.5", "page is invalid")]
    [InlineData("?page=-1", "page does not have a valid value")]
    [InlineData("?page[]=1", "page is invalid")]
    [InlineData("?per_page=0", "per_page has a value not allowed")]
    [InlineData("?per_page=-1", "per_page does not have a valid value")]
    [InlineData("?page=x&per_page=0", "page is invalid, per_page has a value not allowed")]
    public async Task Of_WhenOutOfRange_IsRefused(string query, string expected)
    {
        Assert.Null(Arguments.Bind(Declared, [], await Requests.ReadAsync(Requests.Get(query)), _ => null, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void Offset_WhenBeyondAllNumbers_IsTheLargest()
    {
        Assert.Equal(40, new PageRequest(3, 20).Offset);
        Assert.Equal(int.MaxValue, new PageRequest(long.MaxValue, 100).Offset);
        Assert.Equal(2_147_483_600, new PageRequest(21_474_837, 100).Offset);
        Assert.Equal(int.MaxValue, new PageRequest(21_474_838, 100).Offset);
    }

    [Fact]
    public void WriteHeaders_InTheMiddle_LinksAllPages()
    {
        var headers = Write("/api/v4/projects/acme%2Fapi/deploy_tokens", "?active=True&page=2&per_page=2&x=a+b%26", new PageRequest(2, 2), 5);

        const string url = "https://gitlab.example:8443/api/v4/projects/acme%2Fapi/deploy_tokens?active=True&x=a%20b%26&";
        Assert.Equal(
            $"<{url}page=1&per_page=2>; rel=\"prev\", <{url}page=3&per_page=2>; rel=\"next\", "
            + $"<{url}page=1&per_page=2>; rel=\"first\", <{url}page=3&per_page=2>; rel=\"last\"",
            headers.Link);
        Assert.Equal("2", headers["X-Page"]);
        Assert.Equal("2", headers["X-Per-Page"]);
        Assert.Equal("3", headers["X-Next-Page"]);
        Assert.Equal("1", headers["X-Prev-Page"]);
        Assert.Equal("5", headers["X-Total"]);
        Assert.Equal("3", headers["X-Total-Pages"]);
    }

    [Fact]
    public void WriteHeaders_WhenAnExternalUrlIsSet_LinkThere() => Assert.StartsWith(
        "<https://tokens.example/grid/api/v4/groups?a=1&page=1&per_page=20>",
        Write("/api/v4/groups", "?a=1", new PageRequest(1, 20), 5, "https://tokens.example/grid").Link.ToString(),
        StringComparison.Ordinal);

    [Theory]
    [InlineData(1, 0, "", "", "1")]
    [InlineData(1, 20, "", "", "1")]
    [InlineData(1, 21, "2", "", "2")]
    [InlineData(2, 21, "", "1", "2")]
    [InlineData(9, 21, "", "", "2")]
    public void WriteHeaders_AtTheEdges_HaveEmptyNeighbours(long page, long total, string next, string previous, string pages)
    {
        var headers = Write("/x", "", new PageRequest(page, 20), total);

        Assert.Equal(next, headers["X-Next-Page"]);
        Assert.Equal(previous, headers["X-Prev-Page"]);
        Assert.Equal(pages, headers["X-Total-Pages"]);
        Assert.Equal(next.Length > 0, headers.Link.ToString().Contains("rel=\"next\"", StringComparison.Ordinal));
        Assert.Equal(previous.Length > 0, headers.Link.ToString().Contains("rel=\"prev\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(10_000, true)]
    [InlineData(10_001, false)]
    public void WriteHeaders_AboveTenThousandRows_TellNoTotal(long total, bool told)
    {
        var headers = Write("/x", "", new PageRequest(1, 100), total);

        Assert.Equal(told, headers.ContainsKey("X-Total"));
        Assert.Equal(told, headers.ContainsKey("X-Total-Pages"));
        Assert.Equal(told, headers.Link.ToString().Contains("rel=\"last\"", StringComparison.Ordinal));
        Assert.Equal("2", headers["X-Next-Page"]);
    }

    [Theory]
    [InlineData("private_token")]
    [InlineData("Private_Token")]
    [InlineData("private%5Ftoken")]
    [InlineData("private_token[]")]
    [InlineData("access_token")]
    [InlineData("job_token")]
    [InlineData("%20token")]
    public void WriteHeaders_WhenTheQueryHoldsASecret_DoNotRepeatIt(string name) => Assert.DoesNotContain(
        "swordfish", Write("/x", $"?a=1&{name}=swordfish", new PageRequest(1, 20), 50).Link.ToString(), StringComparison.Ordinal);

    [Fact]
    public void WriteHeaders_WhenFollowed_VisitEveryRowOnce() =>
        Gen.Select(Gen.Int[0, 500], Gen.Int[1, 100]).Sample((total, perPage) =>
        {
            long seen = 0;
            for (var page = "1"; page.Length > 0;)
            {
                var request = new PageRequest(long.Parse(page, CultureInfo.InvariantCulture), perPage);
                seen += Math.Clamp(total - request.Offset, 0, perPage);
                page = Write("/x", "", request, total)["X-Next-Page"].ToString();
            }

            return seen == total;
        });

    private static IHeaderDictionary Write(string target, string query, PageRequest page, long total, string? externalUrl = null)
    {
        var context = new DefaultHttpContext();
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target + query;
        context.RequestServices = new ServiceCollection().AddGitLabApi(externalUrl).BuildServiceProvider();
        context.Request.Scheme = "https";
        context.Request.Host = new HostString("gitlab.example:8443");
        context.Request.QueryString = new QueryString(query);
        Paging.WriteHeaders(context, page, total);
        return context.Response.Headers;
    }
}
