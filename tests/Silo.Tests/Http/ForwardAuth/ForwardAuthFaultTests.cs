using System.Text;
using OrleansTokens.Errors;
using OrleansTokens.Silo.Http.ForwardAuth;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth;

/// <summary>Faults on the way to a decision: none of them lets anybody in.</summary>
public sealed class ForwardAuthFaultTests
{
    private const string Target = "/forward-auth/acme/api.git/git-upload-pack";

    [Theory]
    [InlineData("")]
    [InlineData("gldt-")]
    public async Task Fetch_WhenTheGridCannotBeReached_IsUnavailable(string start)
    {
        await using var server = await StubServer.StartAsync(StubGrains.Of(), ForwardAuthRoutes.MapForwardAuth);

        AssertUnavailable(await AskAsync(server, start.Length == 0 ? [] : [Basic(start + new string('A', 60))]));
    }

    [Fact]
    public async Task Fetch_WhenTheTokensGrainFails_IsUnavailable()
    {
        Exception[] faults =
        [
            new OrleansException("gone"), new TimeoutException(), new TokenAuthorityException(), new InvalidOperationException("a bug"),
            new OperationCanceledException(), TokenAuthorityException.Invalid("questions", "too many"),
        ];
        foreach (var fault in faults)
        {
            var authority = new StubAuthority { Decide = () => throw fault };
            await using var server = await StubServer.StartAsync(authority.Grains, ForwardAuthRoutes.MapForwardAuth);

            var answer = await AskAsync(server, Basic(authority.Token.Reveal()));

            AssertUnavailable(answer);
            Assert.DoesNotContain("too many", answer.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Fetch_WhenTheUsernameCannotStandInAHeader_IsUnavailableAndNamesNobody()
    {
        var principal = new Principal(new(7), default, "ci\r\nX-Auth-User: root", default);
        var authority = new StubAuthority { Decide = () => new Decision(true, DenyReason.None, principal, null) };
        await using var server = await StubServer.StartAsync(authority.Grains, ForwardAuthRoutes.MapForwardAuth);

        AssertUnavailable(await AskAsync(server, Basic(authority.Token.Reveal())));
    }

    [Fact]
    public async Task Fetch_WhenADecisionContradictsItself_IsUnavailable()
    {
        var authority = new StubAuthority { Decide = () => new Decision(true, DenyReason.TokenRevoked, null, null) };
        await using var server = await StubServer.StartAsync(authority.Grains, ForwardAuthRoutes.MapForwardAuth);

        AssertUnavailable(await AskAsync(server, Basic(authority.Token.Reveal())));
    }

    [Fact]
    public async Task Fetch_WhenAllIsWell_IsAllowed()
    {
        var authority = new StubAuthority { Decide = () => new Decision(true, DenyReason.None, null, null) };
        await using var server = await StubServer.StartAsync(authority.Grains, ForwardAuthRoutes.MapForwardAuth);

        Assert.Equal(200, (await AskAsync(server, Basic(authority.Token.Reveal()))).Status);
    }

    private static void AssertUnavailable(RawAnswer answer)
    {
        Assert.Equal((503, "unavailable"), (answer.Status, answer["X-Auth-Reason"]));
        Assert.Null(answer["X-Auth-User"]);
    }

    private static Task<RawAnswer> AskAsync(StubServer server, params string[] headers) =>
        RawHttp.SendAsync(server.Address, "POST", Target, headers);

    private static string Basic(string secret) =>
        "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"ci:{secret}"));
}
