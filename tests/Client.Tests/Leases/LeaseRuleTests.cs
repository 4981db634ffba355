using OrleansTokens.Client.Leases;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Leases;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests.Leases;

/// <summary>When a decision may be used, by the rules of leases.</summary>
public sealed class LeaseRuleTests
{
    [Fact]
    public async Task Lease_WhenItHasNotEnded_AnswersFromMemoryAtOnce()
    {
        using var client = new LeasedClient();
        var first = await client.AskAsync();
        var again = client.AskAsync();
        Assert.True(again.IsCompletedSuccessfully);
        Assert.Equal(first, await again);
        Assert.Equal(1, client.Grid.TokenCalls);
    }

    [Fact]
    public async Task Lease_IsUsedUntilExactlyItsEnd()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        client.Time.Advance(LeasedClient.Length - LeasedClient.AMoment);
        client.Grid.Fault = new TimeoutException();
        Assert.True((await client.AskAsync()).Allowed);
        client.Time.Advance(LeasedClient.AMoment);
        await UnavailableAsync(client);
    }

    [Fact]
    public async Task Lease_WhenTheClockIsNotLookedAtEachTime_WouldOutliveItsEnd()
    {
        using var client = new LeasedClient(static o => o.Protections = LeaseProtections.Without(LeaseProtection.CheckEachUse));
        await client.AskAsync();
        client.Time.Advance(LeasedClient.Length);
        Assert.True(await client.IsKeptAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Lease_WhenTheAnswerWasSlow_IsCountedFromWhenItWasAskedFor(bool isProtected)
    {
        using var client = new LeasedClient(o => o.Protections = Protections(isProtected, LeaseProtection.SendTime));
        var slowness = LeasedClient.Length / 4;
        client.Grid.Delay = () => AdvanceAsync(client, slowness);
        await client.AskAsync();
        client.Grid.Delay = static () => Task.CompletedTask;
        client.Time.Advance(LeasedClient.Length - slowness - LeasedClient.AMoment);
        client.Grid.Fault = new TimeoutException(); // A renewal comes to nothing.
        Assert.True((await client.AskAsync()).Allowed);
        client.Time.Advance(LeasedClient.AMoment);
        if (isProtected)
        {
            await UnavailableAsync(client);
        }
        else
        {
            Assert.True((await client.AskAsync()).Allowed);
        }
    }

    [Fact]
    public async Task Answer_WhenItsLeaseEndedOnTheWay_IsAskedForAgain()
    {
        using var client = new LeasedClient();
        client.Grid.Delay = () => client.Grid.TokenCalls > 1 ? Task.CompletedTask : AdvanceAsync(client, LeasedClient.Length);
        Assert.True((await client.AskAsync()).Allowed);
        Assert.Equal(2, client.Grid.TokenCalls);
    }

    [Fact]
    public async Task Answer_WhenItEndsOnTheWayEachTime_IsUnavailable()
    {
        using var client = new LeasedClient();
        client.Grid.Delay = () => AdvanceAsync(client, LeasedClient.Length);
        await UnavailableAsync(client);
    }

    [Fact]
    public async Task Lease_WhenItsTokenIsToldDead_IsUsedNoMore()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        await client.AskAsync(action: RegistryAction.PushImage);
        await client.TellAsync(epoch: 2);
        client.Grid.Fault = new TimeoutException();
        await UnavailableAsync(client);
        await Assert.ThrowsAsync<TokenAuthorityException>(async () => await client.AskAsync(action: RegistryAction.PushImage));
    }

    [Fact]
    public async Task Lease_WhenAnotherTokenIsToldDead_IsUsed()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        await client.TellAsync(epoch: 2, new TokenId(LeasedClient.Token.Value + 1));
        Assert.True(await client.IsKeptAsync());
    }

    [Fact]
    public async Task Lease_WhenItIsOfTheEpochThatWasTold_IsUsed()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        await client.TellAsync(epoch: 2);
        client.Grid.Epoch = 2;
        await client.AskAsync();
        Assert.True(await client.IsKeptAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Answer_WhenItsTokenIsToldDeadMeanwhile_IsNotUsed(bool isProtected)
    {
        using var client = new LeasedClient(o => o.Protections = Protections(isProtected, LeaseProtection.LesseeRemembers));
        var gate = new Gate();
        client.Grid.Delay = gate.PassAsync;
        var asked = client.AskAsync().AsTask();
        await gate.ArrivedAsync();
        await client.TellAsync(epoch: 2);
        (client.Grid.Epoch, client.Grid.Decide) = (2, static _ => Decision.Deny(DenyReason.TokenRevoked));
        gate.Open();
        Assert.Equal(!isProtected, (await asked).Allowed);
        Assert.Equal(!isProtected, (await client.AskAsync()).Allowed);
    }

    [Fact]
    public async Task Lease_WhenWhatWasToldIsForgottenWhileTheClockIsRead_IsNotUsed()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        await client.AskAsync(action: RegistryAction.PushImage);
        await client.TellAsync(epoch: 2);
        client.Grid.Fault = new TimeoutException();
        Task? other = null;
        client.Time.AfterNextReading(() =>
        {
            client.Time.Advance(LeasedClient.Remember);
            other = client.AskAsync(action: RegistryAction.PushImage).AsTask(); // Which forgets what is old.
        });
        await UnavailableAsync(client);
        await Assert.ThrowsAsync<TokenAuthorityException>(() => other!);
    }

    [Fact]
    public async Task Lease_WhenItsTokenIsToldDeadAndNothingIsRemembered_IsDroppedAllTheSame()
    {
        using var client = new LeasedClient(static o => o.Protections = LeaseProtections.Without(LeaseProtection.LesseeRemembers));
        await client.AskAsync();
        await client.TellAsync(epoch: 2);
        Assert.False(await client.IsKeptAsync());
    }

    [Fact]
    public async Task Answer_WhenItIsOlderThanWhatWasToldEachTime_IsUnavailable()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        await client.TellAsync(epoch: 2);
        await UnavailableAsync(client);
        client.Time.Advance(LeasedClient.Remember);
        Assert.True((await client.AskAsync()).Allowed);
    }

    [Fact]
    public async Task Told_WhenTwice_HoldsTheHigherEpochForLonger()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        await client.TellAsync(epoch: 3);
        client.Time.Advance(LeasedClient.Remember - LeasedClient.AMoment);
        await client.TellAsync(epoch: 2);
        client.Grid.Epoch = 2;
        client.Time.Advance(LeasedClient.Remember - LeasedClient.AMoment);
        await UnavailableAsync(client);
        client.Time.Advance(LeasedClient.AMoment);
        Assert.True((await client.AskAsync()).Allowed);
    }

    [Fact]
    public async Task Told_WhenOfTooManyTokens_DropsEverythingThereIs()
    {
        using var client = new LeasedClient(maxTold: 2);
        await client.AskAsync();
        await client.TellAsync(epoch: 2, new TokenId(100));
        await client.TellAsync(epoch: 2, new TokenId(101));
        Assert.True(await client.IsKeptAsync());
        await client.TellAsync(epoch: 2, new TokenId(102));
        Assert.False(await client.IsKeptAsync());
        Assert.True(await client.IsKeptAsync());
    }

    [Fact]
    public async Task Told_WhenOfTooManyTokens_DropsAnswersOnTheirWay()
    {
        using var client = new LeasedClient(maxTold: 1);
        var gate = new Gate();
        client.Grid.Delay = gate.PassAsync;
        var asked = client.AskAsync().AsTask();
        await gate.ArrivedAsync();
        await client.TellAsync(epoch: 2, new TokenId(100));
        await client.TellAsync(epoch: 2);
        client.Grid.Decide = static _ => Decision.Deny(DenyReason.TokenRevoked);
        gate.Open();
        Assert.False((await asked).Allowed);
    }

    [Fact]
    public async Task Answer_WithALeaseOfNothing_IsUsedOnce()
    {
        using var client = new LeasedClient();
        client.Grid.UsableFor = TimeSpan.Zero;
        Assert.True((await client.AskAsync()).Allowed);
        Assert.False(await client.IsKeptAsync());
        Assert.Equal(0, client.Entries);
    }

    [Fact]
    public async Task Refusal_WhenItHasALease_IsKept()
    {
        using var client = new LeasedClient();
        client.Grid.Decide = static _ => Decision.Deny(DenyReason.TokenRevoked);
        await client.AskAsync();
        Assert.True(await client.IsKeptAsync());
    }

    [Fact]
    public async Task Lease_WhenItIsLongerThanAnyAuthorityGives_IsCutShort()
    {
        using var client = new LeasedClient();
        client.Grid.UsableFor = TimeSpan.MaxValue;
        await client.AskAsync();
        client.Time.Advance(Lease.MaxLength);
        Assert.False(await client.IsKeptAsync());
    }

    [Fact]
    public async Task Connection_WhenLost_DropsEverything()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        client.Loss.NotifyClusterConnectionLost();
        client.Grid.Fault = new TimeoutException();
        await UnavailableAsync(client);
    }

    [Fact]
    public async Task Connection_WhenLost_DropsAnswersOnTheirWay()
    {
        using var client = new LeasedClient();
        var gate = new Gate();
        client.Grid.Delay = gate.PassAsync;
        var asked = client.AskAsync().AsTask();
        await gate.ArrivedAsync();
        client.Loss.NotifyClusterConnectionLost();
        client.Grid.Fault = new TimeoutException();
        gate.Open();
        await Assert.ThrowsAsync<TokenAuthorityException>(() => asked);
    }

    [Fact]
    public async Task Connection_WhenLostAndLeasesAreToBeKept_KeepsThemUntilTheyEnd()
    {
        using var client = new LeasedClient(static o => o.KeepLeasesWhileDisconnected = true);
        await client.AskAsync();
        client.Loss.NotifyClusterConnectionLost();
        client.Grid.Fault = new TimeoutException();
        Assert.True((await client.AskAsync()).Allowed);
        client.Time.Advance(LeasedClient.Length);
        await UnavailableAsync(client);
    }

    [Fact]
    public async Task Connection_WhenAnother_HasAReferenceOfItsOwnAndDropsWhatTheFormerGave()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        var former = client.References;
        client.Reconnect();
        await client.AskAsync(action: RegistryAction.PushImage);
        Assert.Equal(former + 1, client.References);
        Assert.False(await client.IsKeptAsync());
        Assert.True(await client.IsKeptAsync(action: RegistryAction.PushImage));
        Assert.Equal(former + 1, client.References);
    }

    private static LeaseProtections Protections(bool all, LeaseProtection but) =>
        all ? LeaseProtections.All : LeaseProtections.Without(but);

    private static Task AdvanceAsync(LeasedClient client, TimeSpan by)
    {
        client.Time.Advance(by);
        return Task.CompletedTask;
    }

    private static async Task UnavailableAsync(LeasedClient client) => Assert.Equal(
        ErrorCode.Unavailable, (await Assert.ThrowsAsync<TokenAuthorityException>(async () => await client.AskAsync())).Code);
}
