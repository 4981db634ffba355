using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Leases;

namespace OrleansTokens.Grains.Tests.Leases;

/// <summary>Leases are as long on all silos, or nothing is decided.</summary>
public sealed class LeaseAgreementTests
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);
    private static readonly SiloAddress First = SiloAddress.FromParsableString("127.0.0.1:1@1");
    private static readonly SiloAddress Second = SiloAddress.FromParsableString("127.0.0.1:2@2");

    private readonly FakeTimeProvider _time = new();
    private readonly Members _members = new();
    private readonly Dictionary<SiloAddress, TimeSpan?> _lengths = [];
    private readonly List<SiloAddress> _asked = [];
    private readonly LeaseOptions _options = new() { Length = Length };
    private readonly LeaseClock _clock;
    private readonly LeaseAgreement _agreement;
    private readonly SiloLiveness _liveness;

    public LeaseAgreementTests()
    {
        _clock = LeaseClock.Of(_time);
        _agreement = new LeaseAgreement(_options, AskAsync, NullLogger<LeaseAgreement>.Instance);
        _liveness = new SiloLiveness(_members, _members, _options, _agreement, _clock, _time);
    }

    [Fact]
    public async Task Silo_WhenTheOthersHaveTheSameLength_Decides()
    {
        (_lengths[First], _lengths[Second]) = (Length, Length);
        _members.Set(First, Second);
        Assert.Equal(Limits.MaxLeaseLength, _agreement.Longest);
        await ConfirmAsync();
        Assert.Equal((true, Length, null), (_agreement.IsReached, _agreement.Longest, _agreement.Opponent));
    }

    [Fact]
    public async Task Silo_WhenItIsAlone_Decides()
    {
        _members.Set();
        await ConfirmAsync();
        Assert.Equal(Length, _agreement.Longest);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(60)]
    public async Task Silo_WhenOneHasAnotherLength_DecidesNothingAndWaitsForTheLongest(int seconds)
    {
        (_lengths[First], _lengths[Second]) = (Length, TimeSpan.FromSeconds(seconds));
        _members.Set(First, Second);
        await UnavailableAsync();
        await UnavailableAsync();
        Assert.Equal((Second, Limits.MaxLeaseLength), (_agreement.Opponent, _agreement.Longest));
        Assert.Equal([First, Second], _asked.Order()); // It will say no other.
        _members.Set(First);
        await ConfirmAsync();
        Assert.Equal(Length, _agreement.Longest);
    }

    [Fact]
    public async Task Silo_WhenOneDoesNotSay_DecidesNothingUntilItHas()
    {
        (_lengths[First], _lengths[Second]) = (Length, null);
        _members.Set(First, Second);
        await UnavailableAsync();
        Assert.Equal((null, Limits.MaxLeaseLength), (_agreement.Opponent, _agreement.Longest));
        _lengths[Second] = Length;
        await ConfirmAsync();
        Assert.Equal([First, Second, Second], _asked.Order());
    }

    [Fact]
    public async Task Silo_WhenOneDoesNotSayAndIsGone_Decides()
    {
        _lengths[First] = null;
        _members.Set(First);
        await UnavailableAsync();
        _members.Set();
        await ConfirmAsync();
    }

    [Fact]
    public async Task Silo_ThatIsNoMemberYet_HasAgreedWithNobody()
    {
        _members.Set();
        _members.IsMember = false;
        await UnavailableAsync();
        Assert.False(_agreement.IsReached); // Whoever comes meanwhile may not have seen it.
    }

    [Fact]
    public async Task Silo_WhenAllHaveAgreed_AsksNobodyWhoComesLater()
    {
        _members.Set();
        await ConfirmAsync();
        _members.Set(First);
        await ConfirmAsync();
        Assert.Empty(_asked);
    }

    [Fact]
    public async Task Revoke_WhereLeasesMayBeLongerElsewhere_WaitsForTheLongest()
    {
        _members.Fails = true;
        var durableSince = _clock.Now;
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Limits.MaxLeaseLength - TimeSpan.FromSeconds(1), await TellAsync(durableSince));
        await _agreement.ReachAsync([]);
        Assert.Equal(Length - TimeSpan.FromSeconds(1), await TellAsync(durableSince));
    }

    [Fact]
    public async Task Change_WhereLeasesMayBeLongerElsewhere_SettlesAfterTheLongest()
    {
        var grid = new FactGrid();
        grid.Time.Advance(TimeSpan.FromSeconds(1));
        await grid.Fact.WriteAsync(new Word("second"));
        Assert.Equal(Limits.MaxLeaseLength, grid.Fact.Settling);
        await grid.Context.Agreement.ReachAsync([]);
        Assert.Equal(FactGrid.Length, grid.Fact.Settling);
    }

    private ValueTask ConfirmAsync()
    {
        _time.Advance(TimeSpan.FromTicks(1)); // What was read before is older than the question.
        return _liveness.ConfirmAsync(Freshness.Of(TimeSpan.Zero, _clock));
    }

    private Task<TokenAuthorityException> UnavailableAsync() => Making.RefusedAsync(ErrorCode.Unavailable, () => ConfirmAsync().AsTask());

    // Nobody is told: the table that says who there is cannot be read.
    private Task<TimeSpan> TellAsync(long durableSince) =>
        new Revoker(_liveness, null!, _options, _agreement, _clock, _time, NullLogger<Revoker>.Instance)
            .TellAsync(new TokenId(7), 2, durableSince);

    private async Task<TimeSpan> AskAsync(SiloAddress silo)
    {
        await Task.Yield();
        lock (_asked)
        {
            _asked.Add(silo);
        }

        return _lengths[silo] ?? throw new TimeoutException();
    }

    /// <summary>The membership table, and the silo that reads it.</summary>
    private sealed class Members : IMembershipTable, ILocalSiloDetails
    {
        private SiloAddress[] _others = [];
        private int _version;

        public bool IsMember { get; set; } = true;

        public bool Fails { get; set; }

        public string Name => "own";

        public string ClusterId => "cluster";

        public string DnsHostName => "localhost";

        public SiloAddress SiloAddress { get; } = SiloAddress.FromParsableString("127.0.0.1:3@3");

        public SiloAddress GatewayAddress => SiloAddress;

        public void Set(params SiloAddress[] others) => (_others, _version) = (others, _version + 1);

        public Task<MembershipTableData> ReadAll() => Fails
            ? throw new InjectedFaultException()
            : Task.FromResult(new MembershipTableData(
                [.. _others.Concat(IsMember ? [SiloAddress] : []).Select(static silo => Tuple.Create(Entry(silo), "1"))],
                new TableVersion(_version, "1")));

        public Task InitializeMembershipTable(bool tryInitTableVersion) => throw new NotSupportedException();

        public Task DeleteMembershipTableEntries(string clusterId) => throw new NotSupportedException();

        public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => throw new NotSupportedException();

        public Task<MembershipTableData> ReadRow(SiloAddress key) => throw new NotSupportedException();

        public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => throw new NotSupportedException();

        public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion) => throw new NotSupportedException();

        public Task UpdateIAmAlive(MembershipEntry entry) => throw new NotSupportedException();

        private static MembershipEntry Entry(SiloAddress silo) => new() { SiloAddress = silo, Status = SiloStatus.Active };
    }
}
