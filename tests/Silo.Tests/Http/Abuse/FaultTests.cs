using System.Text;
using OrleansTokens.DeployTokens;
using OrleansTokens.Installation;
using OrleansTokens.Leases;
using OrleansTokens.Operators;
using OrleansTokens.Settings;
using OrleansTokens.Silo.Http.ForwardAuth;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Tests.Http.Abuse;

public sealed class FaultTests
{
    private const string Target = "/forward-auth/acme/api.git/git-upload-pack";

    [Fact]
    public async Task Ban_FromFaults_DoesNotCome()
    {
        var decided = new Func<Decision>(() => throw new OrleansException("The silo is gone."));
        var authority = new StubAuthority { Decide = () => decided() };
        await using var server = await StartAsync(authority, new StubSettings());
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(503, await StatusAsync(server, authority.Token));
        }

        decided = static () => Decision.Deny(DenyReason.TokenRevoked);
        Assert.Equal(401, await StatusAsync(server, authority.Token));
        decided = static () => throw new OrleansException("The silo is gone."); // Neither failure nor success.
        Assert.Equal(503, await StatusAsync(server, authority.Token));
        decided = static () => Decision.Deny(DenyReason.TokenRevoked);
        Assert.Equal(401, await StatusAsync(server, authority.Token));
        Assert.Equal(403, await StatusAsync(server, authority.Token));
    }

    [Fact]
    public async Task Settings_WhenTheyCannotBeRead_BanNobodyAndLetNobodyIn()
    {
        var settings = new StubSettings { Fails = true };
        var authority = new StubAuthority { Decide = static () => Decision.Deny(DenyReason.TokenRevoked) };
        await using var server = await StartAsync(authority, settings);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(401, await StatusAsync(server, authority.Token));
        }

        settings.Fails = false;
        Assert.Equal(401, await StatusAsync(server, authority.Token));
        Assert.Equal(401, await StatusAsync(server, authority.Token));
        Assert.Equal(403, await StatusAsync(server, authority.Token));
    }

    private static Task<StubServer> StartAsync(StubAuthority authority, StubSettings settings) => StubServer.StartAsync(
        StubGrains.Of(
            (typeof(IInstallationGrain), authority), (typeof(IDeployTokenGrain), authority), (typeof(IApplicationSettingsGrain), settings)),
        ForwardAuthRoutes.MapForwardAuth);

    private static async Task<int> StatusAsync(StubServer server, Secret secret) => (await RawHttp.SendAsync(
        server.Address, "POST", Target, "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"ci:{secret.Reveal()}")))).Status;

    /// <summary>A ban after two failures.</summary>
    private sealed class StubSettings : IApplicationSettingsGrain
    {
        public bool Fails { get; set; }

        public ValueTask<ApplicationSettings> GetAsync() => Fails
            ? throw new OrleansException("The silo is gone.")
            : ValueTask.FromResult(new ApplicationSettings { FailureBan = new FailureBanSettings { Enabled = true, MaxRetry = 2 } });

        public ValueTask<Confirmed<ApplicationSettings>> ConfirmAsync(TimeSpan maxAge) => throw new NotSupportedException();

        public Task<ApplicationSettings> ChangeAsync(ChangeApplicationSettings change, OperatorId by) => throw new NotSupportedException();
    }
}
