using System.Collections.Immutable;
using OrleansTokens.DeployTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests.Leases;

/// <summary>What is kept, for whom, and how much of it.</summary>
public sealed class KeepingTests
{
    [Fact]
    public async Task Decision_OfTheSamePathInAnotherLetterCase_IsShared()
    {
        using var client = new LeasedClient();
        await client.AskAsync(path: "acme/api");
        Assert.True(await client.IsKeptAsync(path: "Acme/API"));
    }

    [Fact]
    public async Task Decision_OfAnotherActionOrResource_IsNotShared()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        Assert.False(await client.IsKeptAsync(action: RegistryAction.PushImage));
        Assert.False(await client.IsKeptAsync(path: "acme/apix"));
        Assert.False(await client.IsKeptAsync(path: "acme"));
    }

    [Fact]
    public async Task Decision_OfAnotherUsername_IsNotShared()
    {
        using var client = new LeasedClient();
        await client.AskAsync("ci");
        Assert.False(await client.IsKeptAsync("CI"));
        Assert.False(await client.IsKeptAsync(""));
        Assert.False(await client.IsKeptAsync());
        Assert.True(await client.IsKeptAsync("ci"));
    }

    [Fact]
    public async Task Decision_OfAnotherSecretOfTheSameToken_IsNotShared()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        await client.AskAsync(secret: client.Grid.Issue());
        Assert.Equal(2, client.Grid.TokenCalls);
    }

    [Fact]
    public async Task Decision_WhenTheUsernameIsNoText_IsNotKept()
    {
        using var client = new LeasedClient();
        await client.AskAsync("\ud800");
        Assert.False(await client.IsKeptAsync("\ud800"));
        Assert.False(await client.IsKeptAsync("\ufffd"));
    }

    [Fact]
    public async Task Decision_WhenWhatWasShownIsVeryLong_IsNotKept()
    {
        using var client = new LeasedClient();
        var (longest, tooLong) = (new string('u', 4000), new string('u', 100_000));
        await client.AskAsync(longest);
        await client.AskAsync(tooLong);
        Assert.True(await client.IsKeptAsync(longest));
        Assert.False(await client.IsKeptAsync(tooLong));
    }

    [Fact]
    public async Task AnonymousDecision_IsKept_AndEndsWithItsLease()
    {
        using var client = new LeasedClient();
        var resource = Resource.At(LeasedClient.Path("acme/api"));
        Task<Decision> AskAsync() => client.Validator.ValidateAnonymousAsync(RegistryAction.DownloadCode, resource).AsTask();
        await AskAsync();
        Assert.True(AskAsync().IsCompletedSuccessfully);
        Assert.Equal(1, client.Grid.OtherCalls);
        client.Time.Advance(LeasedClient.Length);
        await AskAsync();
        Assert.Equal(2, client.Grid.OtherCalls);
    }

    [Fact]
    public async Task Decisions_WhenSomeAreKept_AreAskedForTogetherWithoutThem()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        client.Grid.Decide = static q => Decision.Deny(q.Action == RegistryAction.PushImage ? DenyReason.ScopeMissing : DenyReason.ResourceArchived);
        ImmutableArray<Question> questions =
        [
            new(RegistryAction.PushImage, Resource.At(LeasedClient.Path("acme/api"))),
            new(RegistryAction.PullImage, Resource.At(LeasedClient.Path("acme/api"))),
            new(RegistryAction.DeleteImage, Resource.At(LeasedClient.Path("acme/api"))),
        ];
        var credential = Credential.SecretOnly(client.Secret);
        var decisions = await client.Validator.ValidateAllAsync(credential, questions);
        Assert.Equal(
            [DenyReason.ScopeMissing, DenyReason.None, DenyReason.ResourceArchived], decisions.Select(static d => d.Reason));
        Assert.Equal([questions[0], questions[2]], client.Grid.LastRequest!.Questions);
        Assert.Equal(decisions, await client.Validator.ValidateAllAsync(credential, questions));
        Assert.Equal(2, client.Grid.TokenCalls);
    }

    [Fact]
    public async Task Decisions_WhenAKeptOneEndsWhileOthersAreAskedFor_AreAskedForAgain()
    {
        using var client = new LeasedClient();
        await client.AskAsync();
        client.Time.Advance(LeasedClient.Length / 2);
        client.Grid.Delay = () =>
        {
            client.Time.Advance(LeasedClient.Length / 2);
            client.Grid.Delay = static () => Task.CompletedTask;
            client.Grid.Decide = static _ => Decision.Deny(DenyReason.TokenRevoked);
            return Task.CompletedTask;
        };
        ImmutableArray<Question> questions =
        [
            new(RegistryAction.PullImage, Resource.At(LeasedClient.Path("acme/api"))),
            new(RegistryAction.PushImage, Resource.At(LeasedClient.Path("acme/api"))),
        ];
        var decisions = await client.Validator.ValidateAllAsync(Credential.SecretOnly(client.Secret), questions);
        Assert.Equal(DenyReason.TokenRevoked, decisions[0].Reason);
    }

    [Fact]
    public async Task Answer_WhenItIsNotOneDecisionForEachQuestion_IsUnavailable()
    {
        using var client = new LeasedClient();
        client.Grid.Decisions = static decisions => decisions.Add(decisions[0]);
        await Assert.ThrowsAsync<Errors.TokenAuthorityException>(async () => await client.AskAsync());
    }

    [Fact]
    public async Task Client_WhenItIsToKeepNothing_KeepsNothingAndIsNoLessee()
    {
        using var client = new LeasedClient(static o => o.MaxCachedDecisions = 0);
        await client.AskAsync();
        Assert.False(await client.IsKeptAsync());
        Assert.Null(client.Grid.LastRequest!.Lessee);
        Assert.Equal((0, 0), (client.Grid.References, client.Entries));
        client.Loss.NotifyClusterConnectionLost();
        Assert.True((await client.AskAsync()).Allowed);
    }

    [Fact]
    public async Task Client_WhenMuchIsAskedFor_KeepsNoMoreThanItMay()
    {
        const int Most = 50;
        using var client = new LeasedClient(static o => o.MaxCachedDecisions = Most);
        for (var i = 0; i < 20 * Most; i++)
        {
            await client.AskAsync(path: $"acme/p{i}");
            Assert.True(await client.IsKeptAsync(path: $"acme/p{i}"));
            Assert.InRange(client.Entries, 1, Most);
        }

        Assert.Equal(Most, client.Entries);
    }

    [Fact]
    public async Task Client_WhenOthersAreAskedForOnce_KeepsWhatIsInUse()
    {
        const int Most = 100;
        using var client = new LeasedClient(static o => o.MaxCachedDecisions = Most);
        await client.AskAsync();
        for (var i = 0; i < 20 * Most; i++)
        {
            await client.AskAsync(path: $"acme/p{i}");
            Assert.True(await client.IsKeptAsync());
        }
    }

    [Fact]
    public async Task Decision_FromMemory_AllocatesNothing()
    {
        const int Rounds = 10_000;
        using var client = new LeasedClient();
        var credential = Credential.WithUsername("gitlab+deploy-token-7", client.Secret);
        var resource = Resource.Within(LeasedClient.Path("acme/platform/api"));
        await client.Validator.ValidateAsync(credential, RegistryAction.PullImage, resource);
        Assert.Equal(0, Measure(1));
        Assert.Equal(0, Measure(Rounds));

        long Measure(int rounds)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < rounds; i++)
            {
                var asked = client.Validator.ValidateAsync(credential, RegistryAction.PullImage, resource);
                if (!asked.IsCompletedSuccessfully)
                {
                    return long.MaxValue;
                }

                _ = asked.Result;
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public async Task Secret_WhenItsDecisionIsKept_IsNowhereInTheClient()
    {
        using var client = new LeasedClient();
        await client.AskAsync(secret: client.Grid.Issue());
        Assert.True(client.AskAsync("ci-of-acme").AsTask().IsCompletedSuccessfully); // Nothing of it goes on in another thread.
        Assert.Equal(2, client.Entries);
        var reachable = Reachable.From(client.Validator, client.Leases);
        Assert.Contains(reachable, static o => o is Decision);
        var text = client.Secret.Reveal();
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        Assert.DoesNotContain(reachable, o => o is string s && (s.Contains(text, StringComparison.Ordinal) || s == "ci-of-acme"));
        Assert.DoesNotContain(reachable, o => o is Secret secret && secret.Equals(client.Secret));
        Assert.DoesNotContain(reachable, o => o is byte[] b && b.AsSpan().IndexOf(bytes) >= 0);
    }
}
