using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.Grains.Tests.Fixture;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

public sealed class SigningKeyGrainTests
{
    private static readonly TimeSpan Overlap =
        new RegistryTokenOptions().Lifetime + SigningKeyRules.RegistryLeeway + SigningKeyRules.Lag;

    [Fact]
    public async Task GetPublished_AtFirst_MakesOneKeyThatSignsAtOnce()
    {
        await using var grid = await RegistryGrid.StartAsync();

        var key = Assert.Single(await grid.SigningKeys.GetPublishedAsync());

        Assert.Equal("ES256", key.Algorithm);
        Assert.Equal(grid.Time.GetUtcNow(), key.SignsFrom);
        Assert.Null(key.PublishedUntil);
        Assert.Equal(key.KeyId, Assert.Single(await grid.SigningKeys.GetPublishedAsync()).KeyId);
    }

    [Fact]
    public async Task GetPublished_AfterARestart_IsTheSameKeyAndSigns()
    {
        var kept = new KeptState();
        string before;
        await using (var grid = await RegistryGrid.StartAsync(kept))
        {
            before = await SignerAsync(grid);
        }

        await using var again = await RegistryGrid.StartAsync(kept);

        Assert.Equal(before, await SignerAsync(again));
        Assert.Equal(1, kept.SigningKeyWrites);
    }

    [Fact]
    public async Task Rotate_WithADelay_PublishesAtOnceSignsLaterAndTakesTheOldKeyAwayInTheEnd()
    {
        await using var grid = await RegistryGrid.StartAsync();
        var old = await SignerAsync(grid);
        var delay = TimeSpan.FromHours(1);

        var published = await grid.SigningKeys.RotateAsync(delay, RegistryGrid.Operator);

        Assert.Equal(2, published.Length);
        Assert.Equal(old, published[1].KeyId);
        Assert.Equal(grid.Time.GetUtcNow() + delay, published[0].SignsFrom);
        Assert.All(published, static k => Assert.Null(k.PublishedUntil));

        grid.Time.Advance(delay - TimeSpan.FromSeconds(1));
        Assert.Equal(old, await SignerAsync(grid));

        grid.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(published[0].KeyId, await SignerAsync(grid));
        Assert.Equal(grid.Time.GetUtcNow() + Overlap, (await grid.SigningKeys.GetPublishedAsync())[1].PublishedUntil);

        grid.Time.Advance(Overlap - TimeSpan.FromTicks(1));
        Assert.Equal(2, (await grid.SigningKeys.GetPublishedAsync()).Length);

        grid.Time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(published[0].KeyId, Assert.Single(await grid.SigningKeys.GetPublishedAsync()).KeyId);
    }

    [Fact]
    public async Task Remove_OfTheKeyThatSigns_MakesOneThatSignsAtOnceAndPublishesTheOldOneNoMore()
    {
        await using var grid = await RegistryGrid.StartAsync();
        var leaked = await SignerAsync(grid);
        for (var published = 1; published < Limits.MaxPublishedKeys; published++)
        {
            await grid.SigningKeys.RotateAsync(TimeSpan.FromHours(published), RegistryGrid.Operator);
        }

        var left = await grid.SigningKeys.RemoveAsync(leaked, RegistryGrid.Operator);

        Assert.Equal(Limits.MaxPublishedKeys, left.Length);
        Assert.DoesNotContain(leaked, left.Select(static k => k.KeyId));
        grid.Time.Advance(SigningKeyRing.MaxAge);
        Assert.Equal(left[^1].KeyId, await SignerAsync(grid));
        grid.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(left[^2].KeyId, await SignerAsync(grid));
    }

    [Fact]
    public async Task Remove_OfAScheduledKey_LeavesTheOneThatSignsAsItWas()
    {
        await using var grid = await RegistryGrid.StartAsync();
        var signer = await SignerAsync(grid);
        var scheduled = (await grid.SigningKeys.RotateAsync(TimeSpan.FromHours(1), RegistryGrid.Operator))[0];

        var left = Assert.Single(await grid.SigningKeys.RemoveAsync(scheduled.KeyId, RegistryGrid.Operator));

        Assert.Equal((signer, null), (left.KeyId, left.PublishedUntil));
        grid.Time.Advance(TimeSpan.FromHours(2));
        Assert.Equal(signer, await SignerAsync(grid));
        var again = await Assert.ThrowsAsync<TokenAuthorityException>(
            () => grid.SigningKeys.RemoveAsync(scheduled.KeyId, RegistryGrid.Operator));
        Assert.Equal(ErrorCode.NotFound, again.Code);
    }

    [Fact]
    public async Task Rotate_AfterwardsOnceTheOldKeyIsOver_NothingOfItIsStored()
    {
        var kept = new KeptState();
        await using var grid = await RegistryGrid.StartAsync(kept);
        var old = (await grid.SigningKeys.GetPublishedAsync())[0].KeyId;
        await grid.SigningKeys.RotateAsync(TimeSpan.Zero, RegistryGrid.Operator);
        Assert.Contains(old, kept.SigningKeyRecord!, StringComparison.Ordinal);

        grid.Time.Advance(Overlap);
        await grid.SigningKeys.GetPublishedAsync();

        Assert.DoesNotContain(old, kept.SigningKeyRecord!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotate_AfterTokensWereToLiveLonger_KeepsTheOldKeyForThose()
    {
        var kept = new KeptState();
        await using (var grid = await RegistryGrid.StartAsync(kept, options: new() { Lifetime = TimeSpan.FromHours(1) }))
        {
            await SignerAsync(grid);
        }

        await using var again = await RegistryGrid.StartAsync(kept);
        await SignerAsync(again);
        var published = await again.SigningKeys.RotateAsync(TimeSpan.Zero, RegistryGrid.Operator);

        Assert.Equal(
            published[0].SignsFrom + TimeSpan.FromHours(1) + SigningKeyRules.RegistryLeeway + SigningKeyRules.Lag,
            published[1].PublishedUntil);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData((30 * 24 * 3600) + 1)]
    public async Task Rotate_WithADelayOutOfRange_NamesIt(int seconds)
    {
        await using var grid = await RegistryGrid.StartAsync();

        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(
            () => grid.SigningKeys.RotateAsync(TimeSpan.FromSeconds(seconds), RegistryGrid.Operator));

        Assert.Equal((ErrorCode.InvalidArgument, "delay"), (fault.Code, fault.Field));
    }

    [Fact]
    public async Task Rotate_WhenTooManyKeysArePublished_IsRefusedUntilOneIsOver()
    {
        await using var grid = await RegistryGrid.StartAsync();
        for (var keys = 1; keys < Limits.MaxPublishedKeys; keys++)
        {
            await grid.SigningKeys.RotateAsync(TimeSpan.Zero, RegistryGrid.Operator);
        }

        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(
            () => grid.SigningKeys.RotateAsync(TimeSpan.Zero, RegistryGrid.Operator));
        Assert.Equal(ErrorCode.LimitExceeded, fault.Code);

        grid.Time.Advance(Overlap);
        Assert.Equal(2, (await grid.SigningKeys.RotateAsync(TimeSpan.Zero, RegistryGrid.Operator)).Length);
    }

    [Fact]
    public async Task GetPublished_WhenAnotherAlgorithmIsConfigured_MakesAKeyOfItThatSignsBesideTheOldOne()
    {
        var kept = new KeptState();
        string old;
        await using (var grid = await RegistryGrid.StartAsync(kept))
        {
            old = await SignerAsync(grid);
        }

        await using var again = await RegistryGrid.StartAsync(kept, options: new() { Algorithm = SigningAlgorithm.Rs256 });
        var published = await again.SigningKeys.GetPublishedAsync();

        Assert.Equal(["RS256", "ES256"], published.Select(static k => k.Algorithm));
        Assert.Equal(old, published[1].KeyId);
        Assert.Equal(published[0].KeyId, await SignerAsync(again));
        Assert.Equal(2, (await again.SigningKeys.GetPublishedAsync()).Length);
    }

    [Fact]
    public async Task GetPublished_WhenStorageRefusesTheFirstKey_SignsNothingAndRecovers()
    {
        var kept = new KeptState();
        kept.FailSigningKeyWrites(FaultMode.NotApplied);
        await using var grid = await RegistryGrid.StartAsync(kept);
        var login = await LoginAsync(grid);

        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(() => grid.IssueAsync(login));
        Assert.Equal(ErrorCode.Unavailable, fault.Code);
        await Assert.ThrowsAsync<TokenAuthorityException>(grid.SigningKeys.GetPublishedAsync);
        Assert.Null(kept.SigningKeyRecord);

        kept.Faults.Clear();
        var answer = await grid.IssueAsync(login);

        Assert.Contains(RegistryGrid.KeyIdOf(answer), kept.SigningKeyRecord!, StringComparison.Ordinal);
        await grid.ReadAsync(answer);
    }

    [Fact]
    public async Task GetPublished_WhenItIsNotKnownWhetherTheFirstKeyWasStored_UsesTheStoredOne()
    {
        var kept = new KeptState();
        kept.FailSigningKeyWrites(FaultMode.Applied);
        await using var grid = await RegistryGrid.StartAsync(kept);
        var login = await LoginAsync(grid);
        await Assert.ThrowsAsync<TokenAuthorityException>(() => grid.IssueAsync(login));

        kept.Faults.Clear();
        var answer = await grid.IssueAsync(login);

        Assert.Contains(RegistryGrid.KeyIdOf(answer), kept.SigningKeyRecord!, StringComparison.Ordinal);
        Assert.Single(await grid.SigningKeys.GetPublishedAsync());
        Assert.Equal(0, kept.SigningKeyWrites);
    }

    [Theory]
    [InlineData(SigningAlgorithm.Es256)]
    [InlineData(SigningAlgorithm.Rs256)]
    public async Task GetPublished_AtFirst_StoresThePrivateKeySealedOnly(SigningAlgorithm algorithm)
    {
        var kept = new KeptState();
        await using var grid = await RegistryGrid.StartAsync(kept, options: new() { Algorithm = algorithm });
        await grid.SigningKeys.GetPublishedAsync();

        var sealedKey = Assert.Single(await grid.Grains.GetGrain<ISealedSigningKeyGrain>(0).GetForSigningAsync(TimeSpan.FromMinutes(5)));
        var secretNumber = SigningKeys.Open(sealedKey, RegistryGrid.Ring(0)).Key is ECDsaSecurityKey ecdsa
            ? ecdsa.ECDsa.ExportParameters(true).D!
            : ((RsaSecurityKey)SigningKeys.Open(sealedKey, RegistryGrid.Ring(0)).Key).Rsa.ExportParameters(true).D!;
        Assert.All(Blobs(kept.SigningKeyRecord!), blob => Assert.True(blob.AsSpan().IndexOf(secretNumber) < 0));
        Assert.DoesNotContain(Convert.ToHexString(secretNumber), kept.SigningKeyRecord!, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Issue_UnderAnotherMasterKey_IsUnavailableUntilANewKeyIsMade()
    {
        var kept = new KeptState();
        await using (var grid = await RegistryGrid.StartAsync(kept))
        {
            await SignerAsync(grid);
        }

        await using var again = await RegistryGrid.StartAsync(kept, RegistryGrid.Ring(100));
        var login = await LoginAsync(again);
        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(() => again.IssueAsync(login));
        Assert.Equal(ErrorCode.Unavailable, fault.Code);
        Assert.Contains((await again.SigningKeys.GetPublishedAsync())[0].KeyId, fault.Message, StringComparison.Ordinal);

        var made = (await again.SigningKeys.RotateAsync(TimeSpan.Zero, RegistryGrid.Operator))[0];
        again.Time.Advance(SigningKeyRing.MaxAge);
        Assert.Equal(made.KeyId, RegistryGrid.KeyIdOf(await again.IssueAsync(login)));
    }

    [Fact]
    public async Task GetPublished_UnderANewMasterKey_SealsAnewSoThatTheOldOneCanGo()
    {
        var kept = new KeptState();
        string signer;
        await using (var grid = await RegistryGrid.StartAsync(kept, RegistryGrid.Ring(0)))
        {
            signer = await SignerAsync(grid);
        }

        await using (var both = await RegistryGrid.StartAsync(kept, RegistryGrid.Ring(100, 0)))
        {
            await both.SigningKeys.GetPublishedAsync();
        }

        await using var again = await RegistryGrid.StartAsync(kept, RegistryGrid.Ring(100));
        Assert.Equal(signer, await SignerAsync(again));
    }

    private static async Task<string> SignerAsync(RegistryGrid grid)
    {
        var answer = await grid.IssueAsync(await LoginAsync(grid));
        await grid.ReadAsync(answer);
        return RegistryGrid.KeyIdOf(answer);
    }

    private static async Task<OrleansTokens.Validation.Credential> LoginAsync(RegistryGrid grid)
    {
        var group = await grid.CreateGroupAsync("g" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)));
        var issued = await grid.IssueTokenAsync(group.AsNamespace, OrleansTokens.DeployTokens.DeployTokenScopes.ReadRegistry);
        return OrleansTokens.Validation.Credential.WithUsername(issued.Token.Username, issued.Secret);
    }

    /// <summary>Every text of a record, as whatever bytes it may stand for.</summary>
    private static IEnumerable<byte[]> Blobs(string record)
    {
        foreach (var key in JsonDocument.Parse(record).RootElement.GetProperty("keys").EnumerateArray())
        {
            foreach (var text in key.EnumerateObject().Where(static p => p.Value.ValueKind == JsonValueKind.String))
            {
                var value = text.Value.GetString()!;
                yield return System.Text.Encoding.UTF8.GetBytes(value);
                if (System.Buffers.Text.Base64Url.IsValid(value))
                {
                    yield return System.Buffers.Text.Base64Url.DecodeFromChars(value);
                }
                else if (System.Buffers.Text.Base64.IsValid(value))
                {
                    yield return Convert.FromBase64String(value);
                }
            }
        }
    }
}
