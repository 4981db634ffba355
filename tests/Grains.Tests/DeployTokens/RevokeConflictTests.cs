using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Grains.Tests.Leases;
using OrleansTokens.Leases;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.DeployTokens;

/// <summary>Ending a token whose record another activation has written meanwhile. The clock of leases stands still until a test moves it.</summary>
public sealed class RevokeConflictTests : IAsyncLifetime
{
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(5);

    private readonly Grid _grid = new() { Leases = new LeaseOptions { Length = Length } };
    private readonly Lessee _lessee = new();
    private ILeaseObserver? _reference;

    public async ValueTask InitializeAsync()
    {
        await _grid.InitializeAsync();
        _reference = _grid.Grains.CreateObjectReference<ILeaseObserver>(_lessee);
        _grid.LeaseTime.Advance(Length); // Membership is settled.
    }

    public ValueTask DisposeAsync() => _grid.DisposeAsync();

    [Fact]
    public async Task End_WhenWhatAnotherActivationWroteCannotBeRead_IsUnavailableAndTheTokenGoesOn()
    {
        var issued = await UsedAsync();
        WrittenByAnother(issued);
        _grid.Faults.FailAll(IsRead);
        await Making.RefusedAsync(ErrorCode.Unavailable, () => RevokeAsync(issued));
        Assert.True(_grid.Faults.Happened);
        _grid.Faults.Clear();
        Assert.True((await AskAsync(issued)).Decisions[0].Allowed);
        Assert.False((await RevokeAsync(issued))!.AlreadyRevoked);
        Assert.Equal(DenyReason.TokenRevoked, (await AskAsync(issued)).Decisions[0].Reason);
    }

    [Fact]
    public async Task End_WhenOthersWriteAllTheTime_IsUnavailableAndTheTokenGoesOn()
    {
        var issued = await UsedAsync();
        var held = _grid.Faults.Hold(IsWrite);
        var revoking = WriteEachTimeAsync(issued, RevokeAsync(issued), held);
        await Making.RefusedAsync(ErrorCode.Unavailable, () => revoking);
        _grid.Faults.Clear();
        Assert.True((await AskAsync(issued)).Decisions[0].Allowed);
        Assert.False((await RevokeAsync(issued))!.AlreadyRevoked);
    }

    [Fact]
    public async Task Revoke_WhenAnotherActivationWroteSomethingElse_RevokesWhatIsThere()
    {
        var issued = await UsedAsync();
        WrittenByAnother(issued);
        Assert.False((await RevokeAsync(issued))!.AlreadyRevoked);
        Assert.Equal(DenyReason.TokenRevoked, (await AskAsync(issued)).Decisions[0].Reason);
        await _grid.DeactivateAllAsync();
        Assert.Equal(DenyReason.TokenRevoked, (await AskAsync(issued)).Decisions[0].Reason);
    }

    [Fact]
    public async Task Revoke_WhenAnotherActivationHasRevokedMeanwhile_SaysSoAndTellsWhoHoldsALease()
    {
        var (issued, epoch) = await RevokedByAnotherAsync();
        var receipt = await RevokeAsync(issued);
        Assert.Equal((true, "first", TimeSpan.Zero), (receipt!.AlreadyRevoked, receipt.Token.Revocation!.Reason, receipt.Settling));
        Assert.Equal([(issued.Token.Id, epoch)], _lessee.Told);
    }

    [Fact]
    public async Task Revoke_WhenAnotherActivationHasRevokedMeanwhileAndALesseeIsSilent_SaysForHowLongItMayHoldWhatItHas()
    {
        var (issued, _) = await RevokedByAnotherAsync();
        _lessee.Acknowledges = new TaskCompletionSource().Task;
        var receipt = await RevokeAsync(issued);
        Assert.Equal((true, Length), (receipt!.AlreadyRevoked, receipt.Settling));
    }

    private static bool IsRead(GridStep step) => step is { Kind: StepKind.ReadState, GrainType: "deploy-token" };

    private static bool IsWrite(GridStep step) => step is { Kind: StepKind.WriteState, GrainType: "deploy-token" };

    /// <summary>A token that somebody holds a lease of.</summary>
    private async Task<IssuedDeployToken> UsedAsync()
    {
        var issued = await _grid.TokenAsync((await _grid.GroupAsync()).AsNamespace);
        Assert.True((await AskAsync(issued)).Decisions[0].Allowed);
        return issued;
    }

    /// <summary>A token whose activation does not know yet that it was revoked elsewhere, and the epoch from which on it was.</summary>
    private async Task<(IssuedDeployToken Issued, long Epoch)> RevokedByAnotherAsync()
    {
        var issued = await _grid.TokenAsync((await _grid.GroupAsync()).AsNamespace);
        var grain = Making.TokenGrain(issued.Token.Id);
        var alive = _grid.Storage.Payload(grain)!;
        var first = await Token(issued).RevokeAsync(Making.Operator, "first");
        var revoked = _grid.Storage.Payload(grain)!;
        _grid.Storage.Overwrite(grain, alive);
        _grid.LeaseTime.Advance(Length); // The silo was told, and forgets.
        await _grid.DeactivateAllAsync();
        Assert.True((await AskAsync(issued)).Decisions[0].Allowed);
        _grid.Storage.Overwrite(grain, revoked);
        return (issued, first!.Token.Epoch);
    }

    /// <summary>Another activation writes whenever this one is about to.</summary>
    private async Task<RevocationReceipt?> WriteEachTimeAsync(IssuedDeployToken issued, Task<RevocationReceipt?> revoking, Held held)
    {
        while (await Task.WhenAny(revoking, held.Reached) != revoking)
        {
            WrittenByAnother(issued);
            var now = held;
            held = _grid.Faults.HoldAlso(IsWrite);
            now.Release();
        }

        return await revoking;
    }

    private void WrittenByAnother(IssuedDeployToken issued)
    {
        var grain = Making.TokenGrain(issued.Token.Id);
        _grid.Storage.Overwrite(grain, _grid.Storage.Payload(grain)!);
    }

    private IDeployTokenAdministrationGrain Token(IssuedDeployToken issued) =>
        _grid.Grains.GetGrain<IDeployTokenAdministrationGrain>(issued.Token.Id.Value);

    private Task<RevocationReceipt?> RevokeAsync(IssuedDeployToken issued) => Token(issued).RevokeAsync(Making.Operator, "second");

    private Task<ValidationAnswer> AskAsync(IssuedDeployToken issued)
    {
        _grid.LeaseTime.Advance(TimeSpan.FromTicks(1)); // What was known before is older than the question.
        return _grid.Grains.GetGrain<IDeployTokenGrain>(issued.Token.Id.Value).ValidateAsync(
            new ValidationRequest(issued.Credential(), [new Question(RegistryAction.Authenticate, default)]) { Lessee = _reference });
    }
}
