using OrleansTokens.Client.Leases;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Client.Tests.Leases;

public sealed class ToldEpochsTests
{
    private static readonly TimeSpan Remember = TimeSpan.FromTicks(100);
    private static readonly TokenId Told = new(1);
    private static readonly TokenId Other = new(2);

    private readonly ToldEpochs _epochs = new(capacity: 2);

    [Fact]
    public void Epoch_BelowWhatWasTold_IsNotBelievedUntilItIsForgotten()
    {
        _epochs.TryRemember(Told, 5, now: 0, Remember);
        Assert.Equal((false, true, true), (_epochs.Believes(Told, 4), _epochs.Believes(Told, 5), _epochs.Believes(Other, 4)));
        _epochs.ForgetOld(99);
        Assert.False(_epochs.Believes(Told, 4));
        _epochs.ForgetOld(100);
        Assert.True(_epochs.Believes(Told, 4));
    }

    [Fact]
    public void Epoch_WhenToldAgain_IsRememberedForLongerAndWithoutBlockingOthers()
    {
        _epochs.TryRemember(Told, 5, now: 0, Remember);
        _epochs.TryRemember(Other, 5, now: 10, Remember);
        _epochs.TryRemember(Told, 3, now: 90, Remember);
        _epochs.ForgetOld(110);
        Assert.Equal((false, true), (_epochs.Believes(Told, 4), _epochs.Believes(Other, 4)));
        _epochs.ForgetOld(190);
        Assert.True(_epochs.Believes(Told, 4));
    }

    [Fact]
    public void Epoch_WhenToldAgainForShorter_IsRememberedAsLongAsBefore()
    {
        _epochs.TryRemember(Told, 5, now: 0, Remember);
        _epochs.TryRemember(Told, 6, now: 0, TimeSpan.FromTicks(1));
        _epochs.ForgetOld(99);
        Assert.False(_epochs.Believes(Told, 5));
    }

    [Fact]
    public void Epochs_WhenThereAreTooMany_AreNotRememberedUntilSomeAreForgotten()
    {
        Assert.True(_epochs.TryRemember(new TokenId(1), 5, now: 0, Remember));
        Assert.True(_epochs.TryRemember(new TokenId(2), 5, now: 0, Remember));
        Assert.False(_epochs.TryRemember(new TokenId(3), 5, now: 99, Remember));
        Assert.True(_epochs.TryRemember(new TokenId(2), 6, now: 99, Remember));
        Assert.True(_epochs.TryRemember(new TokenId(3), 5, now: 100, Remember));
        Assert.True(_epochs.Believes(new TokenId(1), 4));
        Assert.False(_epochs.Believes(new TokenId(2), 5));
        Assert.False(_epochs.Believes(new TokenId(3), 4));
    }
}
