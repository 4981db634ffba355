using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Leases;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Settings;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Leases;

/// <summary>A silo that answers from what it knows. The clock of leases stands still until a test moves it.</summary>
public sealed class LeaseTests : IAsyncLifetime
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Usable = new LeaseOptions { Length = Length }.Usable;
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private readonly Grid _grid = new() { Leases = new LeaseOptions { Length = Length } };
    private readonly Lessee _lessee = new();
    private ILeaseObserver? _reference;

    public async ValueTask InitializeAsync()
    {
        await _grid.InitializeAsync();
        _reference = _grid.Grains.CreateObjectReference<ILeaseObserver>(_lessee);
    }

    public ValueTask DisposeAsync() => _grid.DisposeAsync();

    [Fact]
    public async Task Validate_WhenItIsWarm_AsksTheTokenAlone()
    {
        var (issued, project, _) = await MadeAsync();
        await AllowedAsync(issued, project);
        _grid.Calls.Clear();
        await AllowedAsync(issued, project);
        Assert.Equal(["IDeployTokenGrain.ValidateAsync=1"], _grid.Calls.Calls.Select(static c => $"{c.Key}={c.Value}"));
    }

    [Fact]
    public async Task Validate_WhenAnotherActivationRevoked_IsAllowedNoLongerThanALease()
    {
        var (issued, project, _) = await MadeAsync();
        var grain = GrainOf(issued);
        var alive = _grid.Storage.Payload(grain)!;
        await Token(issued).RevokeAsync(Making.Operator, "");
        var revoked = _grid.Storage.Payload(grain)!;
        _grid.Storage.Overwrite(grain, alive);
        _grid.LeaseTime.Advance(Length); // The silo was told, and forgets.
        await _grid.DeactivateAllAsync();
        await AllowedAsync(issued, project);
        _grid.Storage.Overwrite(grain, revoked);
        await AllowedAsync(issued, project);
        _grid.LeaseTime.Advance(Usable);
        Assert.Equal(DenyReason.TokenRevoked, (await AskAsync(issued, project)).Decisions[0].Reason);
    }

    [Fact]
    public async Task Validate_WhenAnotherActivationArchivedAGroupAbove_IsAllowedNoLongerThanALease()
    {
        var (issued, project, group) = await MadeAsync();
        var grain = Making.NodeGrain(group.AsNamespace);
        var open = _grid.Storage.Payload(grain)!;
        await Node(group).ChangeAsync(Making.Change(archived: true));
        var archived = _grid.Storage.Payload(grain)!;
        _grid.Storage.Overwrite(grain, open);
        _grid.LeaseTime.Advance(Length);
        await _grid.DeactivateAllAsync();
        await AllowedAsync(issued, project, RegistryAction.PushImage);
        _grid.Storage.Overwrite(grain, archived);
        await AllowedAsync(issued, project, RegistryAction.PushImage);
        _grid.LeaseTime.Advance(Usable);
        await Patience.UntilAsync(
            async () => await ReasonAsync(issued, project, RegistryAction.PushImage) == DenyReason.ResourceArchived, "the group is read anew");
    }

    [Fact]
    public async Task Validate_WhenStorageIsAway_GoesOnForALeaseAndIsThenUnavailable()
    {
        var (issued, project, _) = await MadeAsync();
        var answer = await AllowedAsync(issued, project);
        _grid.Storage.VersionsFail = true;
        _grid.LeaseTime.Advance(answer.UsableFor - Tick);
        await AllowedAsync(issued, project);
        Assert.Null(await ReasonAsync(issued, project));
        _grid.Storage.VersionsFail = false;
        await AllowedAsync(issued, project);
    }

    [Fact]
    public async Task Answer_WhenWhatItRestsOnIsOld_IsOfUseForWhatIsLeft()
    {
        var (issued, project, _) = await MadeAsync();
        var fresh = await AllowedAsync(issued, project);
        Assert.InRange(fresh.UsableFor, Usable * 0.74, Usable);
        _grid.Storage.VersionsFail = true; // So that it is not confirmed meanwhile.
        _grid.LeaseTime.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(fresh.UsableFor - TimeSpan.FromSeconds(1) - Tick, (await AllowedAsync(issued, project)).UsableFor);
    }

    [Fact]
    public async Task Answer_WhenARenewalIsAskedFor_IsOfUseForLong()
    {
        var (issued, project, _) = await MadeAsync();
        await AllowedAsync(issued, project);
        _grid.LeaseTime.Advance(Usable * 0.9);
        Assert.InRange((await AskAsync(issued, project, renewal: true)).UsableFor, Usable * 0.74, Usable);
    }

    [Fact]
    public async Task Answer_WhenTheTokenExpiresSoon_IsOfUseNoLonger()
    {
        var group = await _grid.GroupAsync();
        var issued = await _grid.TokenAsync(group.AsNamespace, expiresAt: _grid.Clock.Now + TimeSpan.FromSeconds(2));
        var project = await _grid.ProjectAsync(group);
        Assert.Equal(TimeSpan.FromSeconds(2), (await AllowedAsync(issued, project)).UsableFor);
    }

    [Fact]
    public async Task Answer_WhenNobodyKeepsIt_IsOfUseOnce()
    {
        var (issued, project, _) = await MadeAsync();
        var request = new ValidationRequest(issued.Credential(), [Pull(project)]);
        Assert.Equal(TimeSpan.Zero, (await _grid.Grains.GetGrain<IDeployTokenGrain>(issued.Token.Id.Value).ValidateAsync(request)).UsableFor);
    }

    [Fact]
    public async Task Answer_OfARefusal_IsKeptOnlyWhereItIsFinal()
    {
        var (issued, project, _) = await MadeAsync();
        var elsewhere = await _grid.ProjectAsync(await _grid.GroupAsync());
        Assert.Equal(TimeSpan.Zero, (await AskAsync(issued, elsewhere)).UsableFor);
        var code = await AskAsync(issued, project, RegistryAction.DownloadCode);
        Assert.Equal(DenyReason.ScopeMissing, code.Decisions[0].Reason);
        Assert.NotEqual(TimeSpan.Zero, code.UsableFor);
    }

    [Fact]
    public async Task Refusal_WhenItsReasonIsGone_IsNotRepeated()
    {
        var (issued, project, group) = await MadeAsync();
        await Node(group).ChangeAsync(Making.Change(archived: true));
        _grid.LeaseTime.Advance(Length);
        Assert.Equal(DenyReason.ResourceArchived, await ReasonAsync(issued, project, RegistryAction.PushImage));
        await Node(group).ChangeAsync(Making.Change(archived: false));
        await AllowedAsync(issued, project, RegistryAction.PushImage);
    }

    [Fact]
    public async Task Path_ThatLedNowhere_LeadsToWhatIsMadeThereAtOnce()
    {
        var group = await _grid.GroupAsync(slug: Making.Fresh("path"));
        var issued = await _grid.TokenAsync(group.AsNamespace);
        var view = await Node(group).GetAsync();
        Assert.True(NamespacePath.TryParse(view!.FullPath + "/made", out var path));
        var question = new Question(RegistryAction.PullImage, Resource.Within(path));
        Assert.Equal(DenyReason.ResourceNotFound, (await AskAsync(issued, question)).Decisions[0].Reason);
        await _grid.ProjectAsync(group, "made");
        Assert.True((await AskAsync(issued, question)).Decisions[0].Allowed);
    }

    [Fact]
    public async Task Holder_ThatWasAskedAboutBeforeItWasMade_LetsItsTokensInAtOnce()
    {
        var group = await _grid.GroupAsync();
        var next = new ProjectId((await _grid.ProjectAsync(group)).Value + 1);
        await _grid.Grains.GetGrain<IAnonymousValidationGrain>(0).ValidateAsync(Pull(next), renewal: false);
        Assert.Equal(next, await _grid.ProjectAsync(group));
        var issued = await _grid.TokenAsync(next.AsNamespace);
        Assert.True((await AskAsync(issued, new Question(RegistryAction.SignInToRegistry, default))).Decisions[0].Allowed);
        await AllowedAsync(issued, next);
    }

    [Fact]
    public async Task Settle_OfATokenWhoseHolderWasJustDeleted_TellsWhoHoldsALease()
    {
        var (issued, project, group) = await MadeAsync();
        await AllowedAsync(issued, project);
        _grid.LeaseTime.Advance(Length);
        await AllowedAsync(issued, project);
        Assert.True((await Node(group).DeleteAsync(Making.Operator)).Removed);
        await _grid.PutAwayAsync(group.AsNamespace);
        Assert.Equal(new Removal(false, Length), await Node(group).DeleteAsync(Making.Operator));
        Assert.Null(await Token(issued).RevokeAsync(Making.Operator, ""));
        Assert.Equal(TimeSpan.Zero, await Token(issued).SettleAsync());
        Assert.Equal([issued.Token.Id], _lessee.Told.Select(static t => t.Token));
    }

    [Fact]
    public async Task Create_WhereAPathLedElsewhereBefore_SaysHowLongItMayStillLeadThere()
    {
        var group = await _grid.GroupAsync();
        var moved = await _grid.ProjectAsync(group, "old");
        await _grid.Grains.GetGrain<IProjectGrain>(moved.Value).ChangeAsync(Making.Change(slug: "newer"));
        var made = await _grid.Grains.GetGrain<INamespaceDirectoryGrain>(0).CreateProjectAsync(Making.Called("old", group));
        Assert.Equal(Length, made.Settling);
        var other = await _grid.Grains.GetGrain<INamespaceDirectoryGrain>(0).CreateProjectAsync(Making.Called("other", group));
        Assert.Equal(TimeSpan.Zero, other.Settling);
    }

    [Fact]
    public async Task Revoke_WhenSomebodyHoldsALease_TellsThatOneBeforeItReturns()
    {
        var (issued, project, _) = await MadeAsync();
        _grid.LeaseTime.Advance(Length);
        var answer = await AllowedAsync(issued, project);
        var receipt = await Token(issued).RevokeAsync(Making.Operator, "");
        Assert.Equal(TimeSpan.Zero, receipt!.Settling);
        Assert.Equal([(issued.Token.Id, answer.Epoch + 1)], _lessee.Told);
    }

    /// <summary>What a client acknowledges to a grain goes to where the directory has that grain, which may be another activation.</summary>
    [Fact]
    public async Task Revoke_WhenTheLesseeIsOfTheSiloItself_TellsThroughItsServiceAsAnyOtherSilo()
    {
        var (issued, project, _) = await MadeAsync();
        await AllowedAsync(issued, project);
        await Token(issued).RevokeAsync(Making.Operator, "");
        Assert.Equal(1, _grid.Calls.Of("ILeaseService.ToldAsync"));
    }

    [Fact]
    public async Task Revoke_WhenALesseeIsSilent_SaysForHowLongItMayHoldWhatItHas()
    {
        var (issued, project, _) = await MadeAsync();
        _grid.LeaseTime.Advance(Length);
        await AllowedAsync(issued, project);
        _lessee.Acknowledges = new TaskCompletionSource().Task;
        Assert.Equal(Length, (await Token(issued).RevokeAsync(Making.Operator, ""))!.Settling);
    }

    [Fact]
    public async Task Revoke_WhenMembershipChangedLately_SaysForHowLongAnUnknownSiloMayAnswer()
    {
        var (issued, _, _) = await MadeAsync();
        Assert.Equal(Length, (await Token(issued).RevokeAsync(Making.Operator, ""))!.Settling);
    }

    [Fact]
    public async Task Revoke_WhenItIsRepeated_TellsAgainUntilItCanBeNewsToNobody()
    {
        var (issued, project, _) = await MadeAsync();
        _grid.LeaseTime.Advance(Length);
        await AllowedAsync(issued, project);
        await Token(issued).RevokeAsync(Making.Operator, "");
        Assert.True((await Token(issued).RevokeAsync(Making.Operator, ""))!.AlreadyRevoked);
        Assert.Equal(2, _lessee.Told.Count);
        _grid.LeaseTime.Advance(Length);
        Assert.Equal(TimeSpan.Zero, (await Token(issued).RevokeAsync(Making.Operator, ""))!.Settling);
        Assert.Equal(2, _lessee.Told.Count);
    }

    [Fact]
    public async Task Change_ThatTakesRightsAway_SaysHowLongItTakesToBeObeyed()
    {
        var (_, project, group) = await MadeAsync();
        Assert.Equal(TimeSpan.Zero, (await Node(group).ChangeAsync(Making.Change(name: "Other"))).Settling);
        Assert.Equal(Length, (await Node(group).ChangeAsync(Making.Change(archived: true))).Settling);
        _grid.LeaseTime.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(Length - TimeSpan.FromSeconds(2), (await Node(group).ChangeAsync(Making.Change(archived: true))).Settling);
        var moved = await _grid.Grains.GetGrain<IProjectGrain>(project.Value).TransferAsync(await _grid.GroupAsync(), Making.Operator);
        Assert.Equal(Length, moved.Settling);
        Assert.Equal(new Removal(true, Length), await Node(group).DeleteAsync(Making.Operator));
    }

    [Fact]
    public async Task Silo_WithLeasesOfAnotherLength_IsNotLetIn()
    {
        var (issued, project, _) = await MadeAsync();
        _grid.Leases = new LeaseOptions { Length = 2 * Length };
        var fault = await Assert.ThrowsAnyAsync<Exception>(_grid.AddSiloAsync);
        Assert.Contains("Grid:Leases:Length", fault.ToString(), StringComparison.Ordinal);
        await AllowedAsync(issued, project);
        _grid.Leases = new LeaseOptions { Length = Length };
        await _grid.AddSiloAsync();
        await AllowedAsync(issued, project);
    }

    [Fact]
    public async Task Rename_OfAUser_SaysForHowLongItsPathMayStillLeadWhereItDid()
    {
        var (name, other) = (Making.Fresh("user"), Making.Fresh("user"));
        var users = _grid.Grains.GetGrain<IOperatorDirectoryGrain>(0);
        var made = await users.CreateAsync(new CreateOperator(name, "Somebody", "", false, Making.Operator));
        var user = _grid.Grains.GetGrain<IOperatorGrain>(made.Id.Value);
        var rename = new ChangeOperator(other, null, null, null, null, Making.Operator);
        Assert.Equal(TimeSpan.Zero, made.Settling);
        Assert.Equal(TimeSpan.Zero, (await user.ChangeAsync(rename with { Username = null, Email = "o@example.org" })).Settling);
        Assert.Equal(Length, (await user.ChangeAsync(rename)).Settling);
        _grid.LeaseTime.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(Length - TimeSpan.FromSeconds(2), (await user.ChangeAsync(rename)).Settling);
        Assert.Equal(TimeSpan.Zero, (await user.GetAsync())!.Settling);

        // What is made where it was before led elsewhere until then.
        var next = await users.CreateAsync(new CreateOperator(name, "Somebody else", "", false, Making.Operator));
        Assert.Equal(Length, next.Settling);
    }

    [Fact]
    public async Task RevokeTokens_WhenItHasSettled_IsObeyedAndWhatIsIssuedSinceWorksAtOnce()
    {
        var (issued, project, group) = await MadeAsync();
        await AllowedAsync(issued, project);

        var receipt = await Node(group).RevokeTokensAsync(Making.Operator, "");
        var since = await _grid.TokenAsync(group.AsNamespace);

        Assert.Equal(Length, receipt.Settling);
        await AllowedAsync(since, project);
        _grid.LeaseTime.Advance(receipt.Settling);
        Assert.Equal(DenyReason.TokenRevoked, await ReasonAsync(issued, project));
        Assert.Equal(TimeSpan.Zero, (await AskAsync(issued, project)).UsableFor);
        await AllowedAsync(since, project);
    }

    [Fact]
    public async Task Settings_WhenDecisionsRestOnThem_SayHowLongAChangeTakesToBeObeyed()
    {
        var settings = _grid.Grains.GetGrain<IApplicationSettingsGrain>(0);
        var other = await settings.ChangeAsync(new ChangeApplicationSettings { CiDeployTokenOfAncestors = true }, Making.Operator);
        Assert.Equal(TimeSpan.Zero, other.Settling);
        var refusing = await settings.ChangeAsync(
            new ChangeApplicationSettings { ExternalAuthorizationServiceEnabled = true }, Making.Operator);
        Assert.Equal(Length, refusing.Settling);
        Assert.Equal(TimeSpan.Zero, (await settings.GetAsync()).Settling);
    }

    private static Question Pull(ProjectId project) => new(RegistryAction.PullImage, Resource.Of(project));

    private static GrainId GrainOf(IssuedDeployToken issued) => Making.TokenGrain(issued.Token.Id);

    private async Task<(IssuedDeployToken Token, ProjectId Project, GroupId Group)> MadeAsync()
    {
        var group = await _grid.GroupAsync();
        return (await _grid.TokenAsync(group.AsNamespace), await _grid.ProjectAsync(group), group);
    }

    private IDeployTokenAdministrationGrain Token(IssuedDeployToken issued) =>
        _grid.Grains.GetGrain<IDeployTokenAdministrationGrain>(issued.Token.Id.Value);

    private IGroupGrain Node(GroupId group) => _grid.Grains.GetGrain<IGroupGrain>(group.Value);

    private Task<ValidationAnswer> AskAsync(
        IssuedDeployToken issued, ProjectId project, RegistryAction action = RegistryAction.PullImage, bool renewal = false) =>
        AskAsync(issued, new Question(action, Resource.Of(project)), renewal);

    private Task<ValidationAnswer> AskAsync(IssuedDeployToken issued, Question question, bool renewal = false)
    {
        _grid.LeaseTime.Advance(Tick); // What was known before is older than the question.
        return _grid.Grains.GetGrain<IDeployTokenGrain>(issued.Token.Id.Value).ValidateAsync(
            new ValidationRequest(issued.Credential(), [question]) { Lessee = _reference, Renewal = renewal });
    }

    private async Task<ValidationAnswer> AllowedAsync(
        IssuedDeployToken issued, ProjectId project, RegistryAction action = RegistryAction.PullImage)
    {
        var answer = await AskAsync(issued, project, action);
        Assert.Equal(DenyReason.None, answer.Decisions[0].Reason);
        return answer;
    }

    /// <summary>Why it is refused; null: it is unavailable.</summary>
    private async Task<DenyReason?> ReasonAsync(IssuedDeployToken issued, ProjectId project, RegistryAction action = RegistryAction.PullImage)
    {
        try
        {
            return (await AskAsync(issued, project, action)).Decisions[0].Reason;
        }
        catch (TokenAuthorityException fault) when (fault.Code == ErrorCode.Unavailable)
        {
            return null;
        }
    }
}
