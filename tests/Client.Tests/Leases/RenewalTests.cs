using OrleansTokens.Client.Leases;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests.Leases;

/// <summary>Leases in use are renewed before they end.</summary>
public sealed class RenewalTests
{
    private static readonly TimeSpan HalfALife = LeasedClient.Length / 2;

    [Fact]
    public async Task Lease_WhenUsedInItsFirstHalf_IsNotRenewed()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        client.Time.Advance(HalfALife);
        client.Grid.Delay = static () => throw new InvalidOperationException("Nobody is to be asked.");
        Assert.True((await client.AskAsync()).Allowed);
        Assert.Equal(1, client.Grid.TokenCalls);
    }

    [Fact]
    public async Task Lease_WhenUsedInItsSecondHalf_IsRenewedOnceWhileItsUsersDoNotWait()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        client.Time.Advance(HalfALife + LeasedClient.AMoment);
        var gate = new Gate();
        client.Grid.Delay = gate.PassAsync;
        for (var i = 0; i < 100; i++)
        {
            Assert.True(client.AskAsync().AsTask().IsCompletedSuccessfully);
        }

        await gate.ArrivedAsync();
        Assert.True(client.Grid.LastRequest!.Renewal);
        await OpenAsync(client, gate, "renewed");
        Assert.Equal(2, client.Grid.TokenCalls);
        client.Time.Advance(HalfALife);
        Assert.True(await client.IsKeptAsync());
    }

    [Fact]
    public async Task Renewal_WhenItFails_LetsTheLeaseEnd()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        client.Time.Advance(HalfALife + LeasedClient.AMoment);
        client.Grid.Fault = new TimeoutException();
        using (var outcomes = new Outcomes(client.Metrics))
        {
            await client.AskAsync();
            Assert.Equal("failed", await outcomes.NextAsync());
        }

        Assert.True((await client.AskAsync()).Allowed);
        client.Grid.Fault = null;
        client.Time.Advance(HalfALife - LeasedClient.AMoment);
        Assert.False(await client.IsKeptAsync());
    }

    [Fact]
    public async Task Renewal_WhenItIsARefusalThatIsNotKept_EndsTheLease()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        client.Time.Advance(HalfALife + LeasedClient.AMoment);
        client.Grid.Decide = static _ => Decision.Deny(DenyReason.ScopeMissing);
        client.Grid.UsableFor = TimeSpan.Zero;
        using (var outcomes = new Outcomes(client.Metrics))
        {
            await client.AskAsync();
            Assert.Equal("renewed", await outcomes.NextAsync());
        }

        Assert.False((await client.AskAsync()).Allowed);
    }

    [Fact]
    public async Task Renewal_WhenItsAnswerIsOlderThanWhatIsKept_DoesNotReplaceIt()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        client.Time.Advance(HalfALife + LeasedClient.AMoment);
        var gate = new Gate();
        client.Grid.Delay = gate.PassAsync;
        await client.AskAsync();
        await gate.ArrivedAsync();
        client.Grid.Delay = static () => Task.CompletedTask;
        client.Time.Advance(HalfALife);
        client.Grid.Decide = static _ => Decision.Deny(DenyReason.ScopeMissing);
        await client.AskAsync();
        await OpenAsync(client, gate, "renewed");
        Assert.False((await client.AskAsync()).Allowed);
    }

    [Fact]
    public async Task Renewals_WhenThereAreTooManyAtOnce_Wait()
    {
        using var client = new LeasedClient();
        for (var i = 0; i <= LeasedDecisions.MaxRenewals; i++)
        {
            await client.AskAsync(path: $"acme/p{i}");
        }

        client.Time.Advance(HalfALife + LeasedClient.AMoment);
        var gate = new Gate();
        client.Grid.Delay = gate.PassAsync;
        for (var i = 0; i <= LeasedDecisions.MaxRenewals; i++)
        {
            Assert.True(client.AskAsync(path: $"acme/p{i}").AsTask().IsCompletedSuccessfully);
        }

        for (var i = 0; i < LeasedDecisions.MaxRenewals; i++)
        {
            await gate.ArrivedAsync();
        }

        Assert.Equal((2 * LeasedDecisions.MaxRenewals) + 1, client.Grid.TokenCalls);
        await OpenAsync(client, gate, "renewed", LeasedDecisions.MaxRenewals);
        using var outcomes = new Outcomes(client.Metrics);
        await client.AskAsync(path: $"acme/p{LeasedDecisions.MaxRenewals}");
        Assert.Equal("renewed", await outcomes.NextAsync());
    }

    private static async Task OpenAsync(LeasedClient client, Gate gate, string outcome, int count = 1)
    {
        using var outcomes = new Outcomes(client.Metrics);
        gate.Open();
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(outcome, await outcomes.NextAsync());
        }
    }
}
