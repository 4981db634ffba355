using System.Text;
using OrleansTokens.Silo.Tests.Http.GitLabApi;
using static OrleansTokens.Silo.Tests.Http.OAuth.OAuthCalls;

namespace OrleansTokens.Silo.Tests.Http.OAuth;

public sealed class OAuthClientTests(ApiHost host)
{
    public static TheoryData<string?, string> Right { get; } = new()
    {
        { Encoded(Gateway, Secret), "token=x" },
        { Raw(Gateway, Secret), "token=x" },
        { Encoded(Gateway, Secret), $"token=x&client_id={Gateway}" },
        { null, $"token=x&client_id={Gateway}&client_secret={Uri.EscapeDataString(Secret)}" },
    };

    public static TheoryData<string?, string> Wrong { get; } = new()
    {
        { null, "token=x" },
        { null, "" },
        { null, $"token=x&client_id={Gateway}" },
        { null, $"token=x&client_id={Gateway}&client_secret=" },
        { null, $"token=x&client_id={Gateway}&client_secret=wrong" },
        { null, $"token=x&client_id={Gateway}&client_secret=%ff" },
        { null, "token=x&client_id=%ff&client_secret=wrong" },
        { null, $"token=x&client_id=nobody&client_secret={Uri.EscapeDataString(Secret)}" },
        { null, "token=%4" },
        { Raw(Gateway, "wrong"), "token=x" },
        { Raw(Gateway, ""), "token=x" },
        { Raw("", ""), "token=x" },
        { Raw("nobody", Secret), "token=x" },
        { Raw(Gateway, OtherSecret), "token=x" },
        { Raw(Gateway, Secret + " "), "token=x" },
        { Raw(Gateway, Secret[..^1]), "token=x" },
        { Raw(Gateway, new string('x', 5000)), "token=x" },
        { Raw(Gateway, "%ff%00"), "token=x" },
        { "Basic !!!", "token=x" },
        { "Basic", "token=x" },
        { $"Bearer {Secret}", "token=x" },
        { Raw(Gateway, "wrong"), $"token=x&client_id={Gateway}&client_secret={Uri.EscapeDataString(Secret)}" },
    };

    [Theory]
    [MemberData(nameof(Right))]
    public async Task Client_HoweverItAuthenticates_IsLetIn(string? authorization, string form)
    {
        var answer = await PostAsync("/oauth/introspect", form, authorization);

        Assert.Equal((200, """{"active":false}"""), (answer.Status, answer.Body));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Client_WhenMissingOrWrong_IsAskedToAuthenticate(string? authorization, string form)
    {
        foreach (var path in new[] { "/oauth/introspect", "/oauth/revoke" })
        {
            var answer = await PostAsync(path, form, authorization);

            Assert.Equal((401, """{"error":"invalid_client"}"""), (answer.Status, answer.Body));
            Assert.StartsWith("Basic realm=", answer.Header("WWW-Authenticate"), StringComparison.Ordinal);
            Assert.Equal("no-store", answer.Header("Cache-Control"));
        }
    }

    [Theory]
    [InlineData("client_secret=x")]
    [InlineData("client_id=somebody-else")]
    [InlineData("client_id=%ff")]
    public async Task Client_WhenItAuthenticatesInTwoWays_IsRefused(string more)
    {
        var answer = await PostAsync("/oauth/introspect", "token=x&" + more, Encoded(Gateway, Secret));

        Assert.Equal((400, "invalid_request"), (answer.Status, (string?)answer.Json["error"]));
    }

    [Fact]
    public async Task Client_WhenItsIdOrSecretIsRepeated_IsRefused()
    {
        var answer = await PostAsync(
            "/oauth/introspect", $"token=x&client_id={Gateway}&client_id={Gateway}&client_secret={Uri.EscapeDataString(Secret)}", null);

        Assert.Equal((400, "invalid_request"), (answer.Status, (string?)answer.Json["error"]));
    }

    [Fact]
    public async Task Client_WhenItMayDoOneThing_IsRefusedTheOther()
    {
        Assert.Equal(200, (await PostAsync("/oauth/introspect", "token=x", Raw(Asker, OtherSecret))).Status);
        Assert.Equal(200, (await PostAsync("/oauth/revoke", "token=x", Raw(Revoker, OtherSecret))).Status);
        foreach (var (path, client) in new[] { ("/oauth/revoke", Asker), ("/oauth/introspect", Revoker) })
        {
            var answer = await PostAsync(path, "token=x", Raw(client, OtherSecret));
            Assert.Equal((403, "unauthorized_client"), (answer.Status, (string?)answer.Json["error"]));
        }
    }

    [Fact]
    public async Task Revoke_ByAClientThatMayOnlyAsk_ChangesNothing()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var issued = await host.PostAsync($"/groups/{group}/deploy_tokens", """{"name":"n","scopes":"read_registry"}""");
        var token = Token((string)issued.Json["token"]!);

        await PostAsync("/oauth/revoke", token, Raw(Asker, OtherSecret));
        await PostAsync("/oauth/revoke", token, Raw(Gateway, "wrong"));
        await PostAsync("/oauth/revoke", token, null);

        Assert.True((bool)(await host.IntrospectAsync(token)).Json["active"]!);
    }

    private Task<ApiAnswer> PostAsync(string path, string form, string? authorization) =>
        host.PostFormAsync(path, Encoding.UTF8.GetBytes(form), authorization);
}
