using OrleansTokens.Grains.Keys;
using static OrleansTokens.Grains.Tests.Keys.KeySamples;

namespace OrleansTokens.Grains.Tests.Keys;

public sealed class MasterKeyRingTests
{
    [Fact]
    public void TryParse_OfSeveralKeys_KeepsTheirOrder()
    {
        Assert.True(MasterKeyRing.TryParse([("Keys:0", TwoBase64), ("Keys:1", OneHex)], out var ring, out var errors));
        Assert.Empty(errors);
        Assert.Equal([TwoId, OneId], ring.Keys.Select(key => key.Id.ToString()));
        Assert.Equal(TwoId, ring.Newest.Id.ToString());
        Assert.Same(ring.Keys[1].TagKey, ring.TagKeys[1]);
        Assert.Equal(2, ring.TagKeys.Length);
    }

    [Fact]
    public void TryParse_WithSeveralFaults_NamesThemAllAtOnce()
    {
        Assert.False(MasterKeyRing.TryParse(
            [("Keys:0", OneBase64), ("Keys:1", "short"), ("Keys:2", null), ("Keys:3", OneHex)], out var ring, out var errors));

        Assert.Null(ring);
        Assert.Collection(
            errors,
            error => Assert.StartsWith("Keys:1 is not 32 bytes", error, StringComparison.Ordinal),
            error => Assert.Equal("Keys:2 is empty.", error),
            error => Assert.Equal("Keys:3 is the same key as Keys:0 (id 90e85769).", error));
    }

    [Fact]
    public void TryParse_OfNothing_SaysThatThereIsNoKey()
    {
        Assert.False(MasterKeyRing.TryParse([], out _, out var errors));
        Assert.Equal(["There is no master key."], errors);
    }

    [Fact]
    public void TryParse_OfTooManyKeys_IsRefused()
    {
        var entries = Enumerable.Range(1, Limits.MaxMasterKeys + 1)
            .Select(n => ($"Keys:{n}", (string?)Convert.ToHexString([.. Enumerable.Range(n, 32).Select(i => (byte)i)])));

        Assert.False(MasterKeyRing.TryParse(entries, out _, out var errors));
        Assert.Equal(["There are 9 master keys; at most 8 are accepted at once."], errors);
    }

    [Fact]
    public void Of_WithADuplicateOrWithoutKeys_Throws()
    {
        Assert.Throws<ArgumentException>(() => MasterKeyRing.Of(One, Two, One));
        Assert.Throws<ArgumentException>(() => MasterKeyRing.Of());
    }

    [Fact]
    public void Find_ByAnId_GivesTheKeyOrNothing()
    {
        Assert.Same(One, RotatedRing.Find(One.Id));
        Assert.Null(NewRing.Find(One.Id));
        Assert.Null(NewRing.Find(default));
    }
}
