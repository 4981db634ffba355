using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Conformance;

/// <summary>Reference §1: what a deploy token is.</summary>
[Collection(AuthorityCollection.Name)]
public sealed class ModelTests(AuthorityFixture authority)
{
    private static readonly string[] AllScopes =
    [
        "read_repository", "read_registry", "write_registry", "read_package_registry", "write_package_registry", "read_virtual_registry",
        "write_virtual_registry",
    ];

    private readonly Api _api = new(authority.Silo.Address);

    [Fact]
    [Reference("1.1", "ids are one instance-wide sequence")]
    public async Task Ids_OfProjectsAndGroups_AreOfOneSequence()
    {
        var group = await _api.GroupAsync();
        var first = await _api.TokenAsync($"groups/{group}");
        var second = await _api.TokenAsync($"projects/{await _api.ProjectAsync(group)}");
        Assert.NotEqual((long)first["id"]!, (long)second["id"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not \"checked\" / at all ✓")]
    [Reference("1.1", "name: no presence, no format, no uniqueness check")]
    public async Task Name_OfAnyText_IsAccepted(string name)
    {
        var project = await _api.ProjectAsync();
        Assert.Equal(name, (string?)(await _api.TokenAsync($"projects/{project}", new { name, scopes = "read_registry" }))["name"]);
        Assert.Equal(name, (string?)(await _api.TokenAsync($"projects/{project}", new { name, scopes = "read_registry" }))["name"]);
    }

    [Fact]
    [Reference("1.1", "name and username of 255 characters are accepted")]
    public async Task NameAndUsername_AtTheirLongest_AreAccepted()
    {
        var longest = new string('n', 255);
        var token = await _api.TokenAsync(
            $"projects/{await _api.ProjectAsync()}", new { name = longest, username = longest, scopes = "read_registry" });
        Assert.Equal((longest, longest), ((string)token["name"]!, (string)token["username"]!));
    }

    [Theory]
    [InlineData("ci")]
    [InlineData("A-z_0.9+x")]
    [Reference("1.1", "username: letters, digits, _ - + . only")]
    public async Task Username_OfAllowedCharacters_IsAccepted(string username)
    {
        var token = await _api.TokenAsync($"projects/{await _api.ProjectAsync()}", new { name = "t", username, scopes = "read_registry" });
        Assert.Equal(username, (string?)token["username"]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [Reference("1.2", "an empty custom username is treated as absent: gitlab+deploy-token-{id}")]
    public async Task Username_WhenNoneIsGiven_IsMadeOfTheId(string? username)
    {
        var token = await _api.TokenAsync($"projects/{await _api.ProjectAsync()}", new { name = "t", username, scopes = "read_registry" });
        Assert.Equal($"gitlab+deploy-token-{(long)token["id"]!}", (string?)token["username"]);
    }

    [Fact]
    [Reference("1.2", "usernames are not unique; the secret selects the token, then the username is compared, exactly")]
    public async Task Username_WhenTwoTokensShareIt_TheSecretTellsThemApart()
    {
        var project = await _api.ProjectAsync();
        object body = new { name = "t", username = "shared", scopes = "read_registry" };
        var (first, second) = (await _api.TokenAsync($"projects/{project}", body), await _api.TokenAsync($"projects/{project}", body));
        Assert.Equal(200, (await _api.PostAsync($"/projects/{project}/deploy_tokens/{first["id"]}/revoke")).Status);

        const string Service = "service=container_registry";
        Assert.Equal(401, (await _api.JwtAsync(Service, Api.Basic("shared", (string)first["token"]!))).Status);
        Assert.Equal(200, (await _api.JwtAsync(Service, Api.Basic("shared", (string)second["token"]!))).Status);
        Assert.Equal(401, (await _api.JwtAsync(Service, Api.Basic("Shared", (string)second["token"]!))).Status);
    }

    [Fact]
    [Reference("1.3", "all seven scopes, for projects and groups, answered in the canonical order without duplicates")]
    public async Task Scopes_InAnyOrder_AreAnsweredInTheCanonicalOneEachOnce()
    {
        var group = await _api.GroupAsync();
        string[] sent = [.. AllScopes.Reverse(), "read_registry"];
        foreach (var holder in new[] { $"groups/{group}", $"projects/{await _api.ProjectAsync(group)}" })
        {
            var token = await _api.TokenAsync(holder, new { name = "t", scopes = sent });
            Assert.Equal(AllScopes, token["scopes"]!.AsArray().Select(static scope => (string)scope!));
        }
    }

    [Fact]
    [Reference("1.4", "the secret begins with gldt- and matches what secret scanners look for")]
    public async Task Secret_Always_LooksAsScannersExpect() =>
        Assert.Matches("^gldt-[0-9A-Za-z_-]{20,}$", (string?)(await _api.TokenAsync($"projects/{await _api.ProjectAsync()}"))["token"]);

    [Theory]
    [InlineData("read_repository", "", "403")]
    [InlineData("read_registry", "pull", "")]
    [InlineData("write_registry", "push", "")]
    [InlineData("read_registry,write_registry", "pull,push", "")]
    [Reference("1.3", "what each registry scope grants: write does not imply pull; never delete or *")]
    public async Task RegistryScopes_GrantTheirOwnActionOnly(string scopes, string granted, string status)
    {
        var group = await _api.GroupAsync();
        var project = await _api.ProjectAsync(group);
        var path = (string)(await _api.GetAsync($"/projects/{project}")).Json["path_with_namespace"]!;
        var token = await _api.IssueAsync($"projects/{project}", scopes.Split(','));

        var answer = await _api.JwtAsync($"service=container_registry&scope=repository:{path}:pull,push,delete,*", token.Basic);

        Assert.Equal(status.Length == 0 ? 200 : int.Parse(status, System.Globalization.CultureInfo.InvariantCulture), answer.Status);
        if (answer.Status == 200)
        {
            var access = Assert.Single(RegistryJwt.Access(answer));
            Assert.Equal(granted, string.Join(',', access["actions"]!.AsArray().Select(static action => (string)action!)));
        }
    }

    [Theory]
    [InlineData("2021-01-01", "2021-01-01T00:00:00.000Z", true)]
    [InlineData("2999-12-31", "2999-12-31T00:00:00.000Z", false)]
    [InlineData("2999-12-31T08:00:00Z", "2999-12-31T08:00:00.000Z", false)]
    [InlineData("2999-12-31T08:00:00+02:00", "2999-12-31T06:00:00.000Z", false)]
    [InlineData("", null, false)]
    [InlineData(null, null, false)]
    [Reference("1.5", "a past expires_at is accepted and the token never authenticates; none is null; a bare date is its midnight in UTC")]
    public async Task Expiry_OfEveryForm_IsReadAndJudgedByOneClock(string? sent, string? shown, bool expired)
    {
        var project = await _api.ProjectAsync();
        var token = await _api.TokenAsync($"projects/{project}", new { name = "t", scopes = "read_registry", expires_at = sent });

        Assert.Equal((shown, expired), ((string?)token["expires_at"], (bool)token["expired"]!));
        var signIn = await _api.JwtAsync("service=container_registry", Api.Basic((string)token["username"]!, (string)token["token"]!));
        Assert.Equal(expired ? 401 : 200, signIn.Status);
    }

    [Fact]
    [Reference("1.5", "revoked is sticky; the token stays listed with revoked: true")]
    public async Task Revoked_StaysListedAndRevoked()
    {
        var project = await _api.ProjectAsync();
        var token = await _api.TokenAsync($"projects/{project}");
        Assert.Equal(200, (await _api.PostAsync($"/projects/{project}/deploy_tokens/{token["id"]}/revoke")).Status);
        Assert.True((bool)(await _api.GetAsync($"/projects/{project}/deploy_tokens")).Json[0]!["revoked"]!);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [Reference("1.5", "no update endpoint: name, scopes, expiry and username cannot be edited")]
    public async Task Update_OfAToken_IsNotAMethodThere(string method)
    {
        var project = await _api.ProjectAsync();
        var token = await _api.TokenAsync($"projects/{project}");
        var answer = await _api.SendAsync(
            new HttpMethod(method), $"/projects/{project}/deploy_tokens/{token["id"]}", new { name = "other" });
        Assert.Equal(405, answer.Status);
    }
}
