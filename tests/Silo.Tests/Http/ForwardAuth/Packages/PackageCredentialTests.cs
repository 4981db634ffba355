using System.Text;
using Microsoft.AspNetCore.Http;
using OrleansTokens.Silo.Http.ForwardAuth.Packages;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth.Packages;

/// <summary>Where a deploy token counts, format by format, and which of several counts.</summary>
public sealed class PackageCredentialTests
{
    private const string Basic = "gldt-in-basic";
    private const string Header = "gldt-in-header";
    private const string Bearer = "gldt-in-bearer";
    private const string Query = "gldt-in-query";

    private static readonly string[] PathB = ["generic", "npm", "maven", "nuget", "pypi", "composer", "helm", "conan"];
    private static readonly string[] PathC = ["terraform", "rubygems", "debian"];

    [Fact]
    public void Read_OfBasic_TakesTheUsernameOnlyWhereItIsChecked()
    {
        foreach (var format in PathB.Concat(PathC))
        {
            var shown = Read(format, ("Authorization", BasicOf("ci", Basic)));
            Assert.Equal((Basic, PathC.Contains(format) ? "ci" : null), (Secret(shown), shown.Credential?.Username));
        }
    }

    [Theory]
    [InlineData("Deploy-Token")]
    [InlineData("deploy-token")]
    [InlineData("DEPLOY-TOKEN")]
    public void Read_OfTheHeader_CountsInEveryFormatAndCase(string name)
    {
        foreach (var format in PathB.Concat(PathC))
        {
            var shown = Read(format, (name, Header));
            Assert.Equal((Header, null), (Secret(shown), shown.Credential?.Username));
        }
    }

    [Theory]
    [InlineData("Bearer ")]
    [InlineData("bearer ")]
    [InlineData("BEARER  ")]
    public void Read_OfBearer_CountsOnPathBAndForTerraform(string scheme)
    {
        foreach (var format in PathB.Concat(PathC))
        {
            var counts = PathB.Contains(format) || format == "terraform";
            Assert.Equal(counts ? Bearer : null, Secret(Read(format, ("Authorization", scheme + Bearer))));
        }
    }

    [Fact]
    public void Read_OfTheBareToken_CountsForRubyGemsOnly()
    {
        foreach (var format in PathB.Concat(PathC))
        {
            Assert.Equal(format == "rubygems" ? Bearer : null, Secret(Read(format, ("Authorization", Bearer))));
        }
    }

    [Theory]
    [InlineData("access_token=gldt-in-query")]
    [InlineData("a=b&access_token=gldt%2Din%2dquery&c")]
    [InlineData("access%5Ftoken=gldt-in-query")]
    public void Read_OfTheQuery_CountsOnPathB(string query)
    {
        foreach (var format in PathB.Concat(PathC))
        {
            Assert.Equal(PathB.Contains(format) ? Query : null, Secret(PackageCredential.Read(PackageFormat.Find(format)!, new HeaderDictionary(), query)));
        }
    }

    [Fact]
    public void Read_OfSeveral_TakesBasicThenTheHeaderThenBearerThenTheQuery()
    {
        const string All = "access_token=" + Query;
        foreach (var format in PathB)
        {
            Assert.Equal(Basic, Secret(Read(format, All, ("Authorization", BasicOf("ci", Basic)), ("Deploy-Token", Header))));
            Assert.Equal(Header, Secret(Read(format, All, ("Authorization", "Bearer " + Bearer), ("Deploy-Token", Header))));
            Assert.Equal(Bearer, Secret(Read(format, All, ("Authorization", "Bearer " + Bearer))));
        }

        foreach (var format in PathC)
        {
            Assert.Equal(Basic, Secret(Read(format, ("Authorization", BasicOf("ci", Basic)), ("Deploy-Token", Header))));
            Assert.Equal(Header, Secret(Read(format, ("Authorization", "Bearer " + Bearer), ("Deploy-Token", Header))));
            Assert.Equal(Header, Secret(Read(format, ("Authorization", Bearer), ("Deploy-Token", Header))));
        }
    }

    [Fact]
    public void Read_OfSeveral_PassesNoWrongOneByForAnother()
    {
        foreach (var format in PathB.Concat(PathC))
        {
            foreach (var wrong in new[] { "Basic !!!", BasicOf("ci", ""), BasicOf("ci", new string('x', 5000)), "Basic" })
            {
                AssertWrong(Read(format, ("Authorization", wrong), ("Deploy-Token", Header)));
            }

            var twice = new HeaderDictionary { ["Deploy-Token"] = new[] { Header, Header }, ["Authorization"] = "Bearer " + Bearer };
            AssertWrong(PackageCredential.Read(PackageFormat.Find(format)!, twice, null));
            var both = new HeaderDictionary { ["Authorization"] = new[] { BasicOf("a", Basic), BasicOf("b", Basic) } };
            AssertWrong(PackageCredential.Read(PackageFormat.Find(format)!, both, null));
        }

        AssertWrong(PackageCredential.Read(PackageFormat.Npm, new HeaderDictionary(), $"access_token={Query}&access_token={Query}"));
        AssertWrong(PackageCredential.Read(PackageFormat.Npm, new HeaderDictionary(), "access_token"));
        AssertWrong(PackageCredential.Read(PackageFormat.Npm, new HeaderDictionary(), "access_token=%ff"));
    }

    [Theory]
    [InlineData("X-NuGet-ApiKey")]
    [InlineData("PRIVATE-TOKEN")]
    [InlineData("Job-Token")]
    [InlineData("X-Auth-Token")]
    public void Read_OfOtherHeaders_IsNothing(string name)
    {
        foreach (var format in PathB.Concat(PathC))
        {
            Assert.False(Read(format, (name, Header)).IsShown);
        }

        Assert.Equal(Basic, Secret(Read("nuget", (name, Header), ("Authorization", BasicOf("ci", Basic)))));
    }

    [Fact]
    public void Read_OfNothing_IsNothing()
    {
        foreach (var format in PathB.Concat(PathC))
        {
            Assert.False(Read(format).IsShown);
            Assert.False(Read(format, ("Deploy-Token", "")).IsShown);
            Assert.False(Read(format, "a=b&&c=&Access_token=x", ("Authorization", "")).IsShown);
            Assert.False(Read(format, ("Authorization", "Digest a b")).IsShown);
        }
    }

    [Fact]
    public void Read_OfAModulesJwt_IsWrongUnlessSomethingElseCounts()
    {
        AssertWrong(Read("terraform", "token=eyJ.a.b&archive=tgz"));
        AssertWrong(Read("terraform", "archive=tgz&tok%65n"));
        Assert.Equal(Bearer, Secret(Read("terraform", "token=x", ("Authorization", "Bearer " + Bearer))));
        Assert.False(Read("generic", "token=x").IsShown);
    }

    [Fact]
    public void ToString_OfACredential_ShowsNothing() =>
        Assert.DoesNotContain(Header, Read("npm", ("Deploy-Token", Header)).ToString(), StringComparison.Ordinal);

    private static void AssertWrong(PackageCredential shown) => Assert.Equal((true, null), (shown.IsShown, shown.Credential));

    private static string? Secret(PackageCredential shown) => shown.Credential?.Secret.Reveal();

    private static PackageCredential Read(string format, params (string Name, string Value)[] headers) => Read(format, "", headers);

    private static PackageCredential Read(string format, string query, params (string Name, string Value)[] headers)
    {
        var all = new HeaderDictionary();
        foreach (var (name, value) in headers)
        {
            all[name] = value;
        }

        return PackageCredential.Read(PackageFormat.Find(format)!, all, query);
    }

    private static string BasicOf(string username, string secret) =>
        "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{secret}"));
}
