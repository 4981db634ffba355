using System.Text;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

/// <summary>Every deploy token of a group or project revoked at once: <c>POST …/deploy_tokens/revoke</c>.</summary>
public sealed class RevokeAllApiTests(ApiHost host)
{
    [Fact]
    public async Task All_OfAGroup_AreRevokedHereAndBelowAndWhatIsIssuedLaterIsNot()
    {
        var (group, project) = await PlaceAsync();
        var other = await host.NewGroupAsync(ApiHost.NewName());
        string[] dying =
        [
            $"/groups/{group}/deploy_tokens/{await host.NewTokenAsync($"groups/{group}")}",
            $"/projects/{project}/deploy_tokens/{await host.NewTokenAsync($"projects/{project}")}",
        ];
        var elsewhere = await host.NewTokenAsync($"groups/{other}");

        var answer = await host.PostAsync($"/groups/{group}/deploy_tokens/revoke", """{"reason":"laptop\nstolen"}""");

        Assert.Equal(200, answer.Status);
        Assert.Equal(
            ("group", group, 1, "laptop\nstolen"),
            ((string?)answer.Json["holder"]!["kind"], (long)answer.Json["holder"]!["id"]!, (int)answer.Json["generation"]!, (string?)answer.Json["reason"]));
        Assert.EndsWith("Z", (string?)answer.Json["revoked_at"], StringComparison.Ordinal);
        foreach (var token in dying)
        {
            Assert.True((bool)(await host.GetAsync(token)).Json["revoked"]!);
        }

        Assert.False((bool)(await host.GetAsync($"/groups/{other}/deploy_tokens/{elsewhere}")).Json["revoked"]!);
        var since = await host.NewTokenAsync($"projects/{project}");
        var active = await host.GetAsync($"/projects/{project}/deploy_tokens?active=true");
        Assert.Equal((since, "1"), (active.Json.AsArray().Single()!["id"]!.GetValue<long>(), active.Header("X-Total")));
        var all = (await host.GetAsync($"/projects/{project}/deploy_tokens")).Json.AsArray();
        Assert.Equal([true, false], all.Select(static t => (bool)t!["revoked"]!));
    }

    [Fact]
    public async Task All_OfAProject_AreRevokedAgainWithEachCall()
    {
        var (group, project) = await PlaceAsync();
        var ofGroup = await host.NewTokenAsync($"groups/{group}");
        for (var generation = 1; generation <= 2; generation++)
        {
            var token = await host.NewTokenAsync($"projects/{project}");
            using var form = new StringContent("reason=", Encoding.UTF8, "application/x-www-form-urlencoded");
            var answer = await host.SendAsync(
                HttpMethod.Post, $"/projects/{project}/deploy_tokens/revoke", form, ApiHost.AdministratorToken);
            Assert.Equal((200, generation, "project"), (answer.Status, (int)answer.Json["generation"]!, (string?)answer.Json["holder"]!["kind"]));
            Assert.True((bool)(await host.GetAsync($"/projects/{project}/deploy_tokens/{token}")).Json["revoked"]!);
        }

        Assert.False((bool)(await host.GetAsync($"/groups/{group}/deploy_tokens/{ofGroup}")).Json["revoked"]!);
    }

    [Theory]
    [InlineData("POST", "deploy_tokens//revoke", 404)]
    [InlineData("POST", "deploy_tokens/0/revoke", 404)]
    [InlineData("POST", "deploy_tokens/undefined/revoke", 400)]
    [InlineData("POST", "deploy_tokens/%20/revoke", 400)]
    [InlineData("POST", "deploy_tokens/revoke/revoke", 400)]
    [InlineData("GET", "deploy_tokens/revoke", 400)]
    [InlineData("DELETE", "deploy_tokens/revoke", 400)]
    [InlineData("PUT", "deploy_tokens/revoke", 405)]
    public async Task Address_OfOneTokenWithoutItsId_RevokesNothing(string method, string address, int status)
    {
        var (group, _) = await PlaceAsync();
        var token = await host.NewTokenAsync($"groups/{group}");

        var answer = await host.SendAsync(new HttpMethod(method), $"/groups/{group}/{address}", null, ApiHost.AdministratorToken);

        Assert.Equal(status, answer.Status);
        Assert.False((bool)(await host.GetAsync($"/groups/{group}/deploy_tokens/{token}")).Json["revoked"]!);
    }

    [Fact]
    public async Task All_ForAReasonThatIsTooLong_AreLeftAlone()
    {
        var (group, _) = await PlaceAsync();
        var token = await host.NewTokenAsync($"groups/{group}");

        var answer = await host.PostAsync($"/groups/{group}/deploy_tokens/revoke", $$"""{"reason":"{{new string('x', 501)}}"}""");

        Assert.Equal((400, """{"message":{"reason":["is too long (maximum is 500 characters)"]}}"""), (answer.Status, answer.Body));
        Assert.False((bool)(await host.GetAsync($"/groups/{group}/deploy_tokens/{token}")).Json["revoked"]!);
    }

    private async Task<(long Group, long Project)> PlaceAsync()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        return (group, await host.NewProjectAsync(group, ApiHost.NewName()));
    }
}
