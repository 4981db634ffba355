using System.Collections.Immutable;
using OrleansTokens.DeployTokens;
using OrleansTokens.Installation;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests.Leases;

/// <summary>JWTs are handed out again by the rules of leases.</summary>
public sealed class RegistryTokenLeaseTests : IDisposable
{
    private readonly SigningGrid _grid = new();
    private readonly LeasedClient _client;
    private readonly Secret _secret;

    public RegistryTokenLeaseTests()
    {
        _client = new LeasedClient(grid: _grid);
        _secret = _grid.Keys.Issue();
    }

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Issue_OfTheSameAgain_IsTheSameUntilTheLeaseEnds()
    {
        var first = await IssueAsync(Pull("acme/api"));
        _client.Time.Advance((LeasedClient.Length / 2) - LeasedClient.AMoment);
        Assert.Same(first, await IssueAsync(Pull("acme/api")));
        _client.Time.Advance(LeasedClient.Length);
        Assert.NotSame(first, await IssueAsync(Pull("acme/api")));
        Assert.Equal(2, _grid.Calls);
    }

    [Fact]
    public async Task Issue_WhenTheTokenIsToldDead_AsksAgain()
    {
        await IssueAsync(Pull("acme/api"));
        await _grid.Last!.Lessee!.RevokedAsync(LeasedClient.Token, epoch: 2, LeasedClient.Remember);
        _grid.Epoch = 2;
        _grid.SignIn = Decision.Deny(DenyReason.TokenRevoked);
        Assert.Null((await IssueAsync(Pull("acme/api"))).Token);
    }

    [Fact]
    public async Task Issue_OfAnythingElse_AsksForThat()
    {
        (Credential Credential, ImmutableArray<RepositoryScope> Scopes)[] requests =
        [
            (Credential.WithUsername("ci", _secret), [Pull("acme/api")]),
            (Credential.WithUsername("other", _secret), [Pull("acme/api")]),
            (Credential.WithUsername("ci", _grid.Keys.Issue()), [Pull("acme/api")]),
            (Credential.WithUsername("ci", _secret), []),
            (Credential.WithUsername("ci", _secret), [Pull("acme/web")]),
            (Credential.WithUsername("ci", _secret), [new RepositoryScope("acme/api", ["pull", "push"])]),
            (Credential.WithUsername("ci", _secret), [new RepositoryScope("acme/api", ["push", "pull"])]),
            (Credential.WithUsername("ci", _secret), [Pull("acme/api"), Pull("acme/web")]),
            (Credential.WithUsername("ci", _secret), [Pull("acme/web"), Pull("acme/api")]),
        ];
        foreach (var (credential, scopes) in requests.Concat(requests))
        {
            await _client.Validator.IssueRegistryTokenAsync(new RegistryTokenRequest(credential, scopes));
        }

        Assert.Equal(requests.Length, _grid.Calls);
    }

    [Fact]
    public async Task Issue_OfAScopeThatCouldBeReadInTwoWays_IsNotKept()
    {
        await IssueAsync(new RepositoryScope("acme/api\nacme/web", ["pull"]));
        await IssueAsync(new RepositoryScope("acme/api\nacme/web", ["pull"]));
        await IssueAsync(new RepositoryScope("acme/api pull", []));
        await IssueAsync(new RepositoryScope("acme/api pull", []));
        Assert.Equal(4, _grid.Calls);
    }

    [Fact]
    public async Task Issue_WhenTheAnswerIsToBeUsedOnce_AsksEachTime()
    {
        _grid.UsableFor = TimeSpan.Zero;
        await IssueAsync(Pull("acme/api"));
        await IssueAsync(Pull("acme/api"));
        Assert.Equal(2, _grid.Calls);
    }

    [Fact]
    public async Task Issue_InTheSecondHalfOfTheLease_RenewsItInTheBackground()
    {
        var first = await IssueAsync(Pull("acme/api"));
        _client.Time.Advance((LeasedClient.Length / 2) + LeasedClient.AMoment);
        var renewed = _grid.Asked;
        Assert.Same(first, await IssueAsync(Pull("acme/api")));
        await renewed.Task.WaitAsync(TimeSpan.FromMinutes(1), TimeProvider.System);
        Assert.True(_grid.Last!.Renewal);
    }

    [Theory]
    [InlineData(DeployTokenValidator.MaxKeptTokenLength, 1)]
    [InlineData(DeployTokenValidator.MaxKeptTokenLength + 1, 2)]
    public async Task Issue_OfALongOne_IsKeptUpToABound(int length, int expectedCalls)
    {
        _grid.Length = length;
        Assert.Equal(length, (await IssueAsync(Pull("acme/api"))).Token!.Length);
        Assert.Equal(length, (await IssueAsync(Pull("acme/api"))).Token!.Length);
        Assert.Equal(expectedCalls, _grid.Calls);
    }

    [Fact]
    public async Task Issue_WhenOneHasBecomeTooLong_IsNotOfTheOneBefore()
    {
        await IssueAsync(Pull("acme/api"));
        _client.Time.Advance(LeasedClient.Length);
        _grid.Length = DeployTokenValidator.MaxKeptTokenLength + 1;
        await IssueAsync(Pull("acme/api"));
        Assert.StartsWith("jwt 3", (await IssueAsync(Pull("acme/api"))).Token, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Issue_OfMoreThanAreKept_KeepsNoMoreThanItMay()
    {
        const int Asked = DeployTokenValidator.MaxKeptTokens + 5_000;
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < Asked; i++)
            {
                await IssueAsync(Pull($"acme/p{i}"));
            }
        }

        // In the second round, what is known is what was kept of the first.
        Assert.InRange((2 * Asked) - _grid.Calls, 1, DeployTokenValidator.MaxKeptTokens);
    }

    private static RepositoryScope Pull(string name) => new(name, ["pull"]);

    private Task<RegistryTokenAnswer> IssueAsync(params ImmutableArray<RepositoryScope> scopes) =>
        _client.Validator.IssueRegistryTokenAsync(new RegistryTokenRequest(Credential.WithUsername("ci", _secret), scopes));

    /// <summary>A grid that signs whatever it is asked for.</summary>
    private sealed class SigningGrid : IInstallationGrain, IRegistryTokenGrain
    {
        public CountingGrid Keys { get; } = new();

        public int Calls { get; private set; }

        public RegistryTokenRequest? Last { get; private set; }

        public Decision SignIn { get; set; } = new(true, DenyReason.None, CountingGrid.Somebody, null);

        public long Epoch { get; set; } = 1;

        public TimeSpan UsableFor { get; set; } = LeasedClient.Length;

        /// <summary>How many characters a JWT has.</summary>
        public int Length { get; set; }

        /// <summary>Completes when it is asked the next time.</summary>
        public TaskCompletionSource Asked { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task ConfirmMasterKeyAsync() => Keys.ConfirmMasterKeyAsync();

        public Task<Secret?> EnsureAdministratorAsync(Secret? given) => Keys.EnsureAdministratorAsync(given);

        public Task<GatewayKeys> GetGatewayKeysAsync() => Keys.GetGatewayKeysAsync();

        public Task<RegistryTokenAnswer> IssueAsync(RegistryTokenRequest request)
        {
            (Last, Calls) = (request, Calls + 1);
            var asked = Asked;
            Asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            asked.SetResult();
            return Task.FromResult(new RegistryTokenAnswer(SignIn, SignIn.Allowed ? $"jwt {Calls}".PadRight(Length) : null, default, 300)
            {
                UsableFor = UsableFor,
                Epoch = Epoch,
            });
        }

        public Task<Decision> ValidateAsync(RegistryTokenUse use) => throw new NotSupportedException("Not asked here.");
    }
}
