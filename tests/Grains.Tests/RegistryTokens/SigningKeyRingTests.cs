using Microsoft.Extensions.Logging.Abstractions;
using OrleansTokens.Errors;
using OrleansTokens.Grains.RegistryTokens;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

public sealed class SigningKeyRingTests : IAsyncLifetime
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);

    private RegistryGrid _grid = null!;
    private SigningKeyRing _ring = null!;

    public async ValueTask InitializeAsync()
    {
        _grid = await RegistryGrid.StartAsync();
        _ring = new SigningKeyRing(
            _grid.Grains, RegistryGrid.Ring(0), new RegistryTokenOptions(), _grid.Time, NullLogger<SigningKeyRing>.Instance);
    }

    public ValueTask DisposeAsync() => _grid.DisposeAsync();

    [Fact]
    public async Task Get_WhileTheKeysAreFresh_ReadsThemOnceAndOpensThemOnce()
    {
        var first = await _ring.GetAsync(_grid.Time.GetUtcNow());
        _grid.Time.Advance(SigningKeyRing.RefreshAfter - Tick);

        Assert.Same(first, await _ring.GetAsync(_grid.Time.GetUtcNow()));
        Assert.Equal(1, _grid.Calls.Readings);
    }

    [Fact]
    public async Task Get_WhenAskedByManyAtOnce_ReadsTheKeysOnce()
    {
        var now = _grid.Time.GetUtcNow();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => _ring.GetAsync(now).AsTask())));

        Assert.Single(answers.Distinct());
        Assert.Equal(1, _grid.Calls.Readings);
    }

    [Fact]
    public async Task Get_WhenTheKeysAreToBeReadAgain_DoesNotWaitAndSoonKnowsTheNewKey()
    {
        var old = await _ring.GetAsync(_grid.Time.GetUtcNow());
        var made = (await _grid.SigningKeys.RotateAsync(TimeSpan.Zero, RegistryGrid.Operator))[0].KeyId;
        Assert.Same(old, await _ring.GetAsync(_grid.Time.GetUtcNow()));

        _grid.Time.Advance(SigningKeyRing.RefreshAfter);
        var deadline = TimeProvider.System.GetTimestamp();
        while ((await _ring.GetAsync(_grid.Time.GetUtcNow())).Kid != made)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(30), "The new key never came.");
            await Task.Yield();
        }

        Assert.Equal(2, _grid.Calls.Readings);
    }

    [Fact]
    public async Task Get_WhenTheKeysAreTooOld_WaitsForNewOnes()
    {
        await _ring.GetAsync(_grid.Time.GetUtcNow());
        var made = (await _grid.SigningKeys.RotateAsync(TimeSpan.Zero, RegistryGrid.Operator))[0].KeyId;
        _grid.Time.Advance(SigningKeyRing.MaxAge);

        Assert.Equal(made, (await _ring.GetAsync(_grid.Time.GetUtcNow())).Kid);
    }

    [Fact]
    public async Task Get_WhenAWaitingKeysTimeHasCome_UsesItWithoutReading()
    {
        var delay = TimeSpan.FromSeconds(4);
        var made = (await _grid.SigningKeys.RotateAsync(delay, RegistryGrid.Operator))[0].KeyId;
        Assert.NotEqual(made, (await _ring.GetAsync(_grid.Time.GetUtcNow())).Kid);

        _grid.Time.Advance(delay);

        Assert.Equal(made, (await _ring.GetAsync(_grid.Time.GetUtcNow())).Kid);
        Assert.Equal(1, _grid.Calls.Readings);
    }

    [Fact]
    public async Task Get_WhenTheKeysCannotBeRead_UsesThemUntilTheyAreTooOldAndNoLonger()
    {
        var known = await _ring.GetAsync(_grid.Time.GetUtcNow());
        _grid.Calls.RefuseReadings = true;

        _grid.Time.Advance(SigningKeyRing.MaxAge - Tick);
        Assert.Same(known, await _ring.GetAsync(_grid.Time.GetUtcNow()));

        _grid.Time.Advance(Tick);
        await Assert.ThrowsAnyAsync<TimeoutException>(async () => await _ring.GetAsync(_grid.Time.GetUtcNow()));

        _grid.Calls.RefuseReadings = false;
        Assert.Same(known, await _ring.GetAsync(_grid.Time.GetUtcNow()));
    }

    [Fact]
    public async Task Get_UnderAnotherMasterKey_IsUnavailable()
    {
        var other = new SigningKeyRing(
            _grid.Grains, RegistryGrid.Ring(100), new RegistryTokenOptions(), _grid.Time, NullLogger<SigningKeyRing>.Instance);

        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(async () => await other.GetAsync(_grid.Time.GetUtcNow()));

        Assert.Equal(ErrorCode.Unavailable, fault.Code);
    }
}
