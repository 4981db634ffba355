using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Leases;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Leases;

/// <summary>Groups that want shorter leases than the installation has.</summary>
public sealed class GroupLeaseTests : IAsyncLifetime
{
    private static readonly LeaseOptions Options = new() { Length = TimeSpan.FromSeconds(5) };
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly Grid _grid = new() { Leases = Options };
    private readonly Lessee _lessee = new();
    private ILeaseObserver? _reference;

    public async ValueTask InitializeAsync()
    {
        await _grid.InitializeAsync();
        _reference = _grid.Grains.CreateObjectReference<ILeaseObserver>(_lessee);
    }

    public ValueTask DisposeAsync() => _grid.DisposeAsync();

    [Fact]
    public async Task Answer_AtAndBelowTheGroup_IsOfUseForItsLeaseAndElsewhereForTheInstallations()
    {
        var (above, group, project) = await MadeAsync(Second);
        var elsewhere = await _grid.ProjectAsync(above);
        var ofAbove = await _grid.TokenAsync(above.AsNamespace);
        var ofGroup = await _grid.TokenAsync(group.AsNamespace);
        Assert.InRange(await UsableForAsync(ofAbove, project), Tick, Options.UsableOf(Second));
        Assert.InRange(await UsableForAsync(ofGroup, project), Tick, Options.UsableOf(Second));
        Assert.InRange(await UsableForAsync(ofAbove, elsewhere), Options.Usable / 2, Options.Usable);
    }

    [Fact]
    public async Task Answer_WhenTheTokensHolderIsBelowTheGroup_IsOfUseForItsLeaseWhereverItIsAimed()
    {
        var (_, group, _) = await MadeAsync(Second);
        var open = await _grid.ProjectAsync(await _grid.GroupAsync(visibility: Visibility.Public), visibility: Visibility.Public);
        Assert.InRange(await UsableForAsync(await _grid.TokenAsync(group.AsNamespace), open), Tick, Options.UsableOf(Second));
    }

    [Fact]
    public async Task Lease_OfAGroupBelow_ShortensThatAboveAndNeverLengthensIt()
    {
        var (_, group, project) = await MadeAsync(Second);
        var issued = await _grid.TokenAsync(group.AsNamespace);
        var below = await _grid.GroupAsync(group);
        await SetAsync(below, TimeSpan.FromSeconds(4));
        var inIt = await _grid.ProjectAsync(below);
        Assert.InRange(await UsableForAsync(issued, inIt), Tick, Options.UsableOf(Second));
        await SetAsync(below, Second / 2);
        Assert.InRange(await UsableForAsync(issued, inIt), Tick, Options.UsableOf(Second / 2));
        Assert.InRange(await UsableForAsync(issued, project), Options.UsableOf(Second / 2) + Tick, Options.UsableOf(Second));
    }

    [Fact]
    public async Task Validate_WhenAnotherActivationRevoked_IsAllowedNoLongerThanTheLeaseOfTheGroup()
    {
        var (_, group, project) = await MadeAsync(Second);
        var issued = await _grid.TokenAsync(group.AsNamespace);
        var grain = Making.TokenGrain(issued.Token.Id);
        var alive = _grid.Storage.Payload(grain)!;
        await _grid.Grains.GetGrain<IDeployTokenAdministrationGrain>(issued.Token.Id.Value).RevokeAsync(Making.Operator, "");
        var revoked = _grid.Storage.Payload(grain)!;
        _grid.Storage.Overwrite(grain, alive);
        _grid.LeaseTime.Advance(Options.Length); // The silo was told, and forgets.
        await _grid.DeactivateAllAsync();
        Assert.Equal(DenyReason.None, await ReasonAsync(issued, project));
        _grid.Storage.Overwrite(grain, revoked);
        Assert.Equal(DenyReason.None, await ReasonAsync(issued, project));
        _grid.LeaseTime.Advance(Options.UsableOf(Second));
        Assert.Equal(DenyReason.TokenRevoked, await ReasonAsync(issued, project));
    }

    [Fact]
    public async Task Validate_WhereTheGroupHasNoLeases_ReadsStorageEachTimeAndIsOfUseOnce()
    {
        var (_, group, project) = await MadeAsync(TimeSpan.Zero);
        var issued = await _grid.TokenAsync(group.AsNamespace);
        Assert.Equal(TimeSpan.Zero, await UsableForAsync(issued, project));
        _grid.Storage.VersionsFail = true;
        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<TokenAuthorityException>(() => AskAsync(issued, project))).Code);
        _grid.Storage.VersionsFail = false;
        Assert.Equal(DenyReason.None, await ReasonAsync(issued, project));
    }

    [Fact]
    public async Task Validate_WithoutACredential_IsOfUseForTheLeaseOfTheGroup()
    {
        var group = await _grid.GroupAsync(visibility: Visibility.Public);
        var project = await _grid.ProjectAsync(group, visibility: Visibility.Public);
        var anonymous = _grid.Grains.GetGrain<IAnonymousValidationGrain>(0);
        Assert.InRange((await anonymous.ValidateAsync(Pull(project), renewal: false)).UsableFor, Options.Usable / 2, Options.Usable);
        _grid.LeaseTime.Advance((await SetAsync(group, Second)).Settling);
        Assert.InRange((await anonymous.ValidateAsync(Pull(project), renewal: false)).UsableFor, Tick, Options.UsableOf(Second));
        Assert.InRange((await anonymous.ValidateAsync(Pull(project), renewal: true)).UsableFor, Options.UsableOf(Second) * 0.74, Options.UsableOf(Second));
        _grid.LeaseTime.Advance((await SetAsync(group, TimeSpan.Zero)).Settling);
        Assert.Equal(TimeSpan.Zero, (await anonymous.ValidateAsync(Pull(project), renewal: false)).UsableFor);
    }

    [Fact]
    public async Task Renewal_BelowTheGroup_IsOfUseForMostOfItsLease()
    {
        var (_, group, project) = await MadeAsync(Second);
        var issued = await _grid.TokenAsync(group.AsNamespace);
        await AskAsync(issued, project);
        _grid.LeaseTime.Advance(Options.UsableOf(Second) * 0.9);
        Assert.InRange((await AskAsync(issued, project, renewal: true)).UsableFor, Options.UsableOf(Second) * 0.74, Options.UsableOf(Second));
    }

    [Fact]
    public async Task Setting_ALease_ReturnsWhenTheFormerOneIsOverAndTheLongestTakesItAway()
    {
        var group = await _grid.GroupAsync();
        var set = await SetAsync(group, Second);
        Assert.Equal((Second, Options.Length), (set.LeaseLength, set.Settling));
        Assert.Equal(Second, (await Node(group).GetAsync())!.LeaseLength);
        Assert.Equal(Second, (await Node(group).ChangeAsync(Making.Change(name: "Other"))).LeaseLength);
        Assert.Null((await SetAsync(group, Limits.MaxLeaseLength)).LeaseLength);
    }

    [Fact]
    public async Task Setting_ALeaseThatCannotBe_NamesTheFieldAndChangesNothing()
    {
        var group = await _grid.GroupAsync();
        foreach (var length in new[] { -Tick, Limits.MaxLeaseLength + Tick })
        {
            var refused = await Assert.ThrowsAsync<TokenAuthorityException>(() => SetAsync(group, length));
            Assert.Equal((ErrorCode.InvalidArgument, "deploy_token_lease_milliseconds"), (refused.Code, refused.Field));
        }

        var project = await _grid.ProjectAsync(group);
        var ofProject = await Assert.ThrowsAsync<TokenAuthorityException>(
            () => _grid.Grains.GetGrain<IProjectGrain>(project.Value).ChangeAsync(Making.Change() with { LeaseLength = Second }));
        Assert.Equal("deploy_token_lease_milliseconds", ofProject.Field);
        Assert.Null((await Node(group).GetAsync())!.LeaseLength);
    }

    private static Question Pull(ProjectId project) => new(RegistryAction.PullImage, Resource.Of(project));

    /// <summary>A project in a group of that lease, in a group that has none of its own.</summary>
    private async Task<(GroupId Above, GroupId Group, ProjectId Project)> MadeAsync(TimeSpan length)
    {
        var above = await _grid.GroupAsync();
        var group = await _grid.GroupAsync(above);
        await SetAsync(group, length);
        return (above, group, await _grid.ProjectAsync(group));
    }

    private Task<NamespaceView> SetAsync(GroupId group, TimeSpan length) =>
        Node(group).ChangeAsync(Making.Change() with { LeaseLength = length });

    private IGroupGrain Node(GroupId group) => _grid.Grains.GetGrain<IGroupGrain>(group.Value);

    private async Task<TimeSpan> UsableForAsync(IssuedDeployToken issued, ProjectId project)
    {
        _grid.LeaseTime.Advance(Options.Length); // What was known of the tree before is too old.
        var answer = await AskAsync(issued, project);
        Assert.True(answer.Decisions[0].Allowed);
        return answer.UsableFor;
    }

    private async Task<DenyReason> ReasonAsync(IssuedDeployToken issued, ProjectId project) =>
        (await AskAsync(issued, project)).Decisions[0].Reason;

    private Task<ValidationAnswer> AskAsync(IssuedDeployToken issued, ProjectId project, bool renewal = false)
    {
        _grid.LeaseTime.Advance(Tick); // What was known before is older than the question.
        return _grid.Grains.GetGrain<IDeployTokenGrain>(issued.Token.Id.Value).ValidateAsync(
            new ValidationRequest(issued.Credential(), [Pull(project)]) { Lessee = _reference, Renewal = renewal });
    }
}
