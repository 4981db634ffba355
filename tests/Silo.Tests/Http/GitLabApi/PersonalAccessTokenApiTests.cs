using System.Globalization;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

public sealed class PersonalAccessTokenApiTests(ApiHost host)
{
    private const string Revoked =
        """{"error":"invalid_token","error_description":"Token was revoked. You have to re-authorize from the user."}""";

    private const string Expired =
        """{"error":"invalid_token","error_description":"Token is expired. You can either do re-authorization or token refresh."}""";

    private const string InsufficientScope =
        """{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token.","scope":"api"}""";

    [Fact]
    public async Task Create_Always_ShowsTheTokenOnce()
    {
        var ann = await host.NewUserAsync();
        var made = await host.PostAsync(
            $"/users/{ann.Id}/personal_access_tokens", """{"name":"ci","scopes":["read_api","api"],"expires_at":"2100-02-03","description":"d"}""");

        Assert.Equal(201, made.Status);
        Assert.Matches("^glpat-[0-9A-Za-z_-]{20,}$", (string)made.Json["token"]!);
        Assert.Equal(
            ("ci", "2100-02-03", "[\"api\",\"read_api\"]", true, false, ann.Id),
            ((string)made.Json["name"]!, (string)made.Json["expires_at"]!, made.Json["scopes"]!.ToJsonString(), (bool)made.Json["active"]!,
                (bool)made.Json["revoked"]!, made.Json["user_id"]!.GetValue<long>()));
        var id = made.Json["id"]!.GetValue<long>();
        foreach (var shown in new[]
        {
            await host.GetAsync($"/personal_access_tokens/{id}"),
            await host.GetAsync($"/users/{ann.Id}/personal_access_tokens/{id}"),
            await host.GetAsync($"/personal_access_tokens/{id}", ann.Token),
        })
        {
            Assert.Equal((200, null), (shown.Status, shown.Json["token"]));
        }

        Assert.Null((await host.GetAsync("/personal_access_tokens/self", ann.Token)).Json.AsObject()["description"]);
        Assert.Equal("2", (await host.GetAsync("/personal_access_tokens", ann.Token)).Header("X-Total"));
        Assert.Equal("2", (await host.GetAsync($"/personal_access_tokens?user_id={ann.Id}")).Header("X-Total"));
        Assert.Equal("2", (await host.GetAsync($"/users/{ann.Id}/personal_access_tokens?state=active")).Header("X-Total"));
    }

    [Theory]
    [InlineData("{}", """{"error":"name is missing, scopes is missing"}""")]
    [InlineData("""{"name":"t","scopes":["sudo"]}""", """{"error":"scopes does not have a valid value"}""")]
    [InlineData("""{"name":"t","scopes":[]}""", """{"message":"Scopes can't be blank"}""")]
    [InlineData("""{"name":"","scopes":["api"]}""", """{"message":"Name can't be blank"}""")]
    [InlineData("""{"name":"t","scopes":["api"],"expires_at":"soon"}""", """{"error":"expires_at is invalid"}""")]
    public async Task Create_WhenItCannotBe_SaysWhy(string json, string expected)
    {
        var answer = await host.PostAsync("/user/personal_access_tokens", json);

        Assert.Equal((400, expected), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task ReadApi_WhenSomethingWouldChange_Is403AndOtherwiseAsGoodAsAny()
    {
        var ann = await host.NewUserAsync(admin: true, scopes: "read_api");

        Assert.Equal(200, (await host.GetAsync("/deploy_tokens", ann.Token)).Status);
        foreach (var refused in new[]
        {
            await host.PostAsync("/groups", """{"name":"x","path":"x"}""", ann.Token),
            await host.DeleteAsync("/projects/999999", "", ann.Token),
            await host.PostAsync("/user/personal_access_tokens", """{"name":"t","scopes":["api"]}""", ann.Token),
            // It changes nothing, and hands out a secret.
            await host.GetAsync("/projects/999999/ci/deploy_token_variables", ann.Token),
        })
        {
            Assert.Equal((403, InsufficientScope), (refused.Status, refused.Body));
        }

        Assert.Equal(204, (await host.DeleteAsync("/personal_access_tokens/self", "", ann.Token)).Status);
        var dead = await host.GetAsync("/user", ann.Token);
        Assert.Equal((401, Revoked), (dead.Status, dead.Body));
        Assert.Contains("invalid_token", dead.Header("WWW-Authenticate"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Revoke_WhenItReturned_TheTokenIsDeadAndStaysListed()
    {
        var (ann, bob) = (await host.NewUserAsync(), await host.NewUserAsync());

        Assert.Equal(404, (await host.DeleteAsync($"/personal_access_tokens/{ann.TokenId}", "", bob.Token)).Status);
        Assert.Equal(404, (await host.DeleteAsync($"/users/{bob.Id}/personal_access_tokens/{ann.TokenId}")).Status);
        Assert.Equal(204, (await host.DeleteAsync($"/users/{ann.Id}/personal_access_tokens/{ann.TokenId}")).Status);
        Assert.Equal(204, (await host.DeleteAsync($"/personal_access_tokens/{ann.TokenId}")).Status);
        var dead = await host.GetAsync("/version", ann.Token);
        Assert.Equal((401, Revoked), (dead.Status, dead.Body));
        var listed = await host.GetAsync($"/users/{ann.Id}/personal_access_tokens?revoked=true");
        Assert.Equal((1, true), (listed.Json.AsArray().Count, (bool)listed.Json[0]!["revoked"]!));
    }

    [Fact]
    public async Task Expired_Always_Is401ThatSaysSo()
    {
        var ann = await host.NewUserAsync();
        var made = await host.PostAsync("/user/personal_access_tokens", """{"name":"old","scopes":["api"],"expires_at":"2000-01-01"}""", ann.Token);
        Assert.False((bool)made.Json["active"]!);

        var dead = await host.GetAsync("/user", (string?)made.Json["token"]);

        Assert.Equal((401, Expired), (dead.Status, dead.Body));
    }

    [Fact]
    public async Task InstallationsToken_Always_IsShownAndNotRevokedHere()
    {
        var self = await host.GetAsync("/personal_access_tokens/self");

        Assert.Equal((200, "Grid:AdminToken", 1), (self.Status, (string?)self.Json["name"], self.Json["user_id"]!.GetValue<long>()));
        Assert.Equal(400, (await host.DeleteAsync("/personal_access_tokens/self")).Status);
        Assert.Equal(200, (await host.GetAsync("/user")).Status);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rotate_WhenItReturned_OnlyTheNewTokenLives(bool self)
    {
        var ann = await host.NewUserAsync();
        var address = $"/personal_access_tokens/{(self ? "self" : ann.TokenId)}/rotate";

        var rotated = await host.PostAsync(address, """{"expires_at":"2100-02-03"}""", ann.Token);

        Assert.Equal(
            (200, "t", "2100-02-03", "[\"api\"]", ann.Id),
            (rotated.Status, (string?)rotated.Json["name"], (string?)rotated.Json["expires_at"], rotated.Json["scopes"]!.ToJsonString(),
                rotated.Json["user_id"]!.GetValue<long>()));
        Assert.Equal((401, Revoked), ((await host.GetAsync("/user", ann.Token)).Status, (await host.GetAsync("/user", ann.Token)).Body));
        var renewed = (string)rotated.Json["token"]!;
        Assert.Equal(ann.Id, (await host.GetAsync("/user", renewed)).Json["id"]!.GetValue<long>());
        var again = await host.PostAsync($"/personal_access_tokens/{ann.TokenId}/rotate", "", renewed);
        Assert.Equal((400, """{"message":"400 Bad request - Token already revoked"}"""), (again.Status, again.Body));
    }

    [Fact]
    public async Task Rotate_WithoutADay_GivesAWeek()
    {
        var ann = await host.NewUserAsync();

        var rotated = await host.PostAsync("/personal_access_tokens/self/rotate", "", ann.Token);

        var end = DateOnly.Parse((string)rotated.Json["expires_at"]!, CultureInfo.InvariantCulture);
        var made = DateOnly.Parse(((string)rotated.Json["created_at"]!)[..10], CultureInfo.InvariantCulture);
        Assert.InRange(end.DayNumber - made.DayNumber, 6, 7);
    }

    [Fact]
    public async Task Rotate_WhenItMayNotBe_ChangesNothing()
    {
        var (ann, bob) = (await host.NewUserAsync(), await host.NewUserAsync(scopes: "read_api"));

        Assert.Equal(404, (await host.PostAsync($"/personal_access_tokens/{bob.TokenId}/rotate", "", ann.Token)).Status);
        Assert.Equal(403, (await host.PostAsync("/personal_access_tokens/self/rotate", "", bob.Token)).Status);
        Assert.Equal(400, (await host.PostAsync("/personal_access_tokens/self/rotate")).Status); // The installation's.
        Assert.Equal(200, (await host.GetAsync("/user", bob.Token)).Status);
        Assert.Equal(200, (await host.GetAsync("/user")).Status);
    }
}
