using OrleansTokens.Errors;
using OrleansTokens.Silo.Http.ForwardAuth;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth.Packages;

/// <summary>Faults on the way to a decision about packages: none of them lets anybody in.</summary>
public sealed class PackageFaultTests
{
    private static readonly string[] Targets =
    [
        "/forward-auth/api/v4/projects/acme%2Fapp/packages/npm/x", "/forward-auth/api/v4/projects/1/packages/debian/dists/x",
        "/forward-auth/api/v4/groups/1/-/packages/nuget/index.json", "/forward-auth/api/v4/packages/maven/acme/app/1/a.jar",
    ];

    [Fact]
    public async Task Read_WhenTheGridCannotBeReached_IsUnavailable()
    {
        await using var server = await StubServer.StartAsync(StubGrains.Of(), ForwardAuthRoutes.MapForwardAuth);
        foreach (var target in Targets)
        {
            AssertUnavailable(await AskAsync(server, target, "Deploy-Token: gldt-" + new string('A', 60)));
        }

        AssertUnavailable(await AskAsync(server, Targets[0]));
    }

    [Fact]
    public async Task Read_WhenTheTokensGrainFails_IsUnavailable()
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
            foreach (var target in Targets)
            {
                AssertUnavailable(await AskAsync(server, target, "Deploy-Token: " + authority.Token.Reveal()));
            }
        }
    }

    [Fact]
    public async Task Read_WhenTheTokenIsDeadAndItIsNotKnownWhatNobodyMay_IsUnavailable()
    {
        var authority = new StubAuthority { Decide = () => Decision.Deny(DenyReason.TokenRevoked) };
        await using var server = await StubServer.StartAsync(authority.Grains, ForwardAuthRoutes.MapForwardAuth);

        AssertUnavailable(await AskAsync(server, Targets[0], "Deploy-Token: " + authority.Token.Reveal()));
    }

    [Fact]
    public async Task Read_WhenADecisionContradictsItself_IsUnavailable()
    {
        Decision[] contradictions =
        [
            new(true, DenyReason.TokenRevoked, null, null), new(true, DenyReason.ScopeMissing, null, null), new(false, DenyReason.None, null, null),
        ];
        foreach (var contradiction in contradictions)
        {
            var authority = new StubAuthority { Decide = () => contradiction };
            await using var server = await StubServer.StartAsync(authority.Grains, ForwardAuthRoutes.MapForwardAuth);

            AssertUnavailable(await AskAsync(server, Targets[0], "Deploy-Token: " + authority.Token.Reveal()));
        }
    }

    private static void AssertUnavailable(RawAnswer answer)
    {
        Assert.Equal((503, "unavailable"), (answer.Status, answer["X-Auth-Reason"]));
        Assert.Null(answer["X-Auth-User"]);
    }

    private static Task<RawAnswer> AskAsync(StubServer server, string target, params string[] headers) =>
        RawHttp.SendAsync(server.Address, "GET", target, headers);
}
