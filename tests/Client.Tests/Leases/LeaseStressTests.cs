using System.Collections.Immutable;
using OrleansTokens.Client.Leases;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Installation;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests.Leases;

/// <summary>
/// Many threads ask while tokens change, the clock runs, the connection is lost and the table overflows. Each token has a version, which its
/// decisions carry; which versions may still be used is known exactly.
/// </summary>
public sealed class LeaseStressTests
{
    private const int Tokens = 24;
    private const int Resources = 3;
    private const int Askers = 6;
    private const int AsksPerThread = 20_000;
    private const int MaxSteps = 1_000_000;

    [Theory]
    [InlineData(1, 100)]
    [InlineData(16, 100)]
    [InlineData(10_000, 100)]
    [InlineData(10_000, 4)]
    public async Task Decisions_WhenEverythingHappensAtOnce_AreNeverOlderThanIsAllowed(int capacity, int maxTold)
    {
        var grid = new ChangingGrid();
        using var client = new LeasedClient(o => o.MaxCachedDecisions = capacity, maxTold, grid);
        using var done = new CancellationTokenSource();
        var disturbing = Task.Run(() => DisturbAsync(client, grid, done.Token));
        await Task.WhenAll(Enumerable.Range(0, Askers).Select(asker => Task.Run(() => AskAsync(client, grid, (uint)asker + 1))));
        await done.CancelAsync();
        await disturbing;
        Assert.InRange(client.Entries, 0, capacity);
        Assert.True(capacity < Tokens || client.Metrics.Hits > 0);
    }

    private static async Task AskAsync(LeasedClient client, ChangingGrid grid, uint seed)
    {
        var random = new Sequence(seed);
        var (answers, refusals) = (0, 0);
        for (var i = 0; i < AsksPerThread; i++)
        {
            var token = random.Next(Tokens);
            var path = LeasedClient.Path($"acme/p{random.Next(Resources)}");
            var oldest = grid.OldestAllowed(token, client.Time.GetTimestamp());
            try
            {
                var decision = await client.Validator.ValidateAsync(
                    Credential.SecretOnly(grid.Secrets[token]), RegistryAction.PullImage, Resource.At(path));
                var version = decision.Principal!.Holder.Value;
                Assert.True(version >= oldest, $"Version {version} of token {token} was used when {oldest} was the oldest allowed.");
                answers++;
            }
            catch (TokenAuthorityException fault) when (fault.Code == ErrorCode.Unavailable)
            {
                refusals++;
            }
        }

        Assert.True(answers > refusals, $"{refusals} of {AsksPerThread} were unavailable.");
    }

    private static async Task DisturbAsync(LeasedClient client, ChangingGrid grid, CancellationToken done)
    {
        var random = new Sequence(77);
        for (var step = 0; step < MaxSteps && !done.IsCancellationRequested; step++)
        {
            client.Time.Advance(LeasedClient.Length / 50);
            await grid.ChangeAsync(random.Next(Tokens), client.Leases, client.Time.GetTimestamp);
            if (random.Next(100) == 0)
            {
                client.Loss.NotifyClusterConnectionLost();
            }

            await Task.Yield();
        }
    }

    /// <summary>A grid whose tokens change all the time; of every other one nobody is told.</summary>
    private sealed class ChangingGrid : IInstallationGrain, IManyTokens
    {
        private readonly CountingGrid _keys = new();
        private readonly long[] _versions = new long[Tokens];
        private readonly long[] _oldest = new long[Tokens];
        private readonly (long Version, long EndsAt)[] _untold = new (long, long)[Tokens];

        public ChangingGrid() => Secrets = [.. Enumerable.Range(0, Tokens).Select(token => _keys.Issue(token + 1))];

        public ImmutableArray<Secret> Secrets { get; }

        public Task ConfirmMasterKeyAsync() => Task.CompletedTask;

        public Task<Secret?> EnsureAdministratorAsync(Secret? given) => throw new InvalidOperationException("Not for clients.");

        public Task<GatewayKeys> GetGatewayKeysAsync() => _keys.GetGatewayKeysAsync();

        public IDeployTokenGrain Token(long id) => new ChangingToken(this, (int)id - 1);

        /// <summary>The oldest version that a question may be answered with which is asked now.</summary>
        public long OldestAllowed(int token, long now)
        {
            lock (_versions)
            {
                if (_untold[token].EndsAt <= now)
                {
                    _oldest[token] = Math.Max(_oldest[token], _untold[token].Version);
                }

                return _oldest[token];
            }
        }

        public async Task ChangeAsync(int token, LeasedDecisions lessee, Func<long> clock)
        {
            long version;
            lock (_versions)
            {
                version = ++_versions[token];
            }

            if (token % 2 == 0)
            {
                await lessee.RevokedAsync(new TokenId(token + 1), version, LeasedClient.Remember);
                lock (_versions)
                {
                    _oldest[token] = Math.Max(_oldest[token], version);
                }

                return;
            }

            var now = clock();
            OldestAllowed(token, now);
            lock (_versions)
            {
                // Of those that are not obeyed yet, the first is enough to know.
                _untold[token] = _untold[token].EndsAt <= now ? (version, now + LeasedClient.Length.Ticks) : _untold[token];
            }
        }

        private long VersionOf(int token)
        {
            lock (_versions)
            {
                return _versions[token];
            }
        }

        private sealed class ChangingToken(ChangingGrid grid, int token) : IDeployTokenGrain
        {
            public async Task<ValidationAnswer> ValidateAsync(ValidationRequest request)
            {
                var version = grid.VersionOf(token);
                await Task.Yield();
                var holder = new Namespaces.GroupId(version).AsNamespace;
                var decision = new Decision(true, DenyReason.None, CountingGrid.Somebody with { Holder = holder }, null);
                return new ValidationAnswer([.. request.Questions.Select(_ => decision)]) { UsableFor = LeasedClient.Length, Epoch = version };
            }
        }
    }

    /// <summary>Numbers without much of an order, the same each time.</summary>
    private struct Sequence(uint seed)
    {
        private uint _state = seed * 2654435761u;

        public int Next(int below)
        {
            _state = (_state * 1664525) + 1013904223;
            return (int)((_state >> 8) % (uint)below);
        }
    }
}
