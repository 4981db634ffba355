using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Gitbeaker;

/// <summary>GitLab's API client for JavaScript.</summary>
[Collection(AuthorityCollection.Name)]
public sealed class GitbeakerTests(AuthorityFixture authority)
{
    [Fact]
    public async Task Library_WhenUsedAsItsUsersDo_DoesWhatTheyExpect()
    {
        var result = await NodeModules.RunAsync("gitbeaker.js", authority.Silo.Address.GetLeftPart(UriPartial.Authority), Silo.OperatorToken);
        Assert.EndsWith("OK\n", result.Succeeded().StandardOutput, StringComparison.Ordinal);
    }
}
