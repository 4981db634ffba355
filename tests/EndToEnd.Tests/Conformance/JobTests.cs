using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Conformance;

/// <summary>Reference §4: the token that is named for CI jobs.</summary>
[Collection(AuthorityCollection.Name)]
public sealed class JobTests(AuthorityFixture authority)
{
    private readonly Api _api = new(authority.Silo.Address);

    [Fact]
    [Reference("4", "CI_DEPLOY_USER visible, CI_DEPLOY_PASSWORD masked and not public; both or none")]
    public async Task Variables_AreBothOrNone()
    {
        var project = await _api.ProjectAsync();
        Assert.Equal("[]", await ReadAsync(project));
        var token = await NamedAsync($"projects/{project}");
        Assert.Equal(
            $$"""[{"key":"CI_DEPLOY_USER","value":"gitlab\u002Bdeploy-token-{{token.Id}}","masked":false,"public":true},{"key":"CI_DEPLOY_PASSWORD","value":"{{token.Secret}}","masked":true,"public":false}]"""
                .Replace("\\u002B", "+", StringComparison.Ordinal),
            await ReadAsync(project));
    }

    [Fact]
    [Reference("4", "the project's first, then its direct group's, never a group further up; revoked falls through; the lowest id of several")]
    public async Task Variables_ComeFromTheProjectThenItsGroup()
    {
        var top = await _api.GroupAsync();
        var group = await _api.GroupAsync(top);
        var project = await _api.ProjectAsync(group);
        _ = await NamedAsync($"groups/{top}");
        Assert.Equal("[]", await ReadAsync(project));

        var ofGroup = await NamedAsync($"groups/{group}");
        Assert.Contains(ofGroup.Secret, await ReadAsync(project), StringComparison.Ordinal);
        var (first, second) = (await NamedAsync($"projects/{project}"), await NamedAsync($"projects/{project}"));
        Assert.Contains(first.Secret, await ReadAsync(project), StringComparison.Ordinal);
        foreach (var (gone, next) in new[] { (first, second), (second, ofGroup) })
        {
            Assert.Equal(204, (await _api.DeleteAsync($"/projects/{project}/deploy_tokens/{gone.Id}")).Status);
            Assert.Contains(next.Secret, await ReadAsync(project), StringComparison.Ordinal);
        }
    }

    [Fact]
    [Reference("4", "the name is case-sensitive")]
    public async Task Name_InAnotherCase_IsAnotherName()
    {
        var project = await _api.ProjectAsync();
        _ = await _api.TokenAsync($"projects/{project}", new { name = "GitLab-deploy-token", scopes = "read_registry" });
        Assert.Equal("[]", await ReadAsync(project));
    }

    private async Task<string> ReadAsync(long project)
    {
        var answer = await _api.GetAsync($"/projects/{project}/ci/deploy_token_variables");
        Assert.Equal(200, answer.Status);
        return answer.Body;
    }

    private async Task<(long Id, string Secret)> NamedAsync(string holder)
    {
        var token = await _api.TokenAsync(holder, new { name = "gitlab-deploy-token", scopes = "read_registry" });
        return ((long)token["id"]!, (string)token["token"]!);
    }
}
