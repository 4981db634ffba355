using System.Collections.Immutable;
using CsCheck;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.RegistryTokens;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

public sealed class SigningKeyRulesTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Half of what the rules allow for each: how old a silo's keys are, and how far its clock is behind.</summary>
    private static readonly TimeSpan GreatestClockDifference = SigningKeyRules.Lag - SigningKeyRing.MaxAge;

    private static readonly Gen<(int Gap, int Delay)[]> AnyRotations = Gen.Select(
        Gen.OneOf(Gen.Int[0, 120], Gen.Int[0, 5000]), Gen.OneOf(Gen.Const(0), Gen.Const(1), Gen.Const(60), Gen.Const(600), Gen.Const(4000))).Array[0, 12];

    [Fact]
    public void SignerAt_WhateverIsRotated_IsPublishedUntilItsLastTokenIsAcceptedNowhere() =>
        Gen.Select(AnyRotations, Gen.Int[60, 3600], Gen.Int[0, 20_000], Gen.Int[0, 29_999], Gen.Int[-30_000, 30_000]).Sample(
            (rotations, lifetimeSeconds, signedAt, ageMilliseconds, clockMilliseconds) =>
            {
                var history = new History(rotations, TimeSpan.FromSeconds(lifetimeSeconds));
                var at = Start + TimeSpan.FromSeconds(signedAt);
                var known = history.KeysAt(at - TimeSpan.FromMilliseconds(ageMilliseconds));
                var signer = SigningKeyRules.SignerAt(
                    known, static k => k.SignsFrom, at + (GreatestClockDifference * (clockMilliseconds / 30_000.0)));

                var accepted = at + TimeSpan.FromSeconds(lifetimeSeconds) + SigningKeyRules.RegistryLeeway;
                foreach (var moment in history.Moments().Where(m => m > at && m < accepted).Prepend(at).Append(accepted))
                {
                    Assert.Contains(signer.KeyId, Ids(SigningKeyRules.PublishedAt(history.KeysAt(moment), moment)));
                }
            });

    [Fact]
    public void PublishedAt_LongAfterTheLastRotation_IsTheLastKeyAlone() =>
        Gen.Select(AnyRotations, Gen.Int[60, 3600]).Sample((rotations, lifetimeSeconds) =>
        {
            var history = new History(rotations, TimeSpan.FromSeconds(lifetimeSeconds));
            var later = Start + TimeSpan.FromDays(1);

            var published = SigningKeyRules.PublishedAt(history.KeysAt(later), later);

            Assert.Equal([history.KeysAt(later)[^1].KeyId], Ids(published));
            Assert.Null(published[0].PublishedUntil);
        });

    [Fact]
    public void SignerAt_WhenANewKeyIsNotYetToSign_IsTheOldOne()
    {
        ImmutableArray<StoredSigningKey> keys = [Key("old", 0), Key("new", 600)];

        Assert.Equal("old", Signer(keys, 599));
        Assert.Equal("new", Signer(keys, 600));
    }

    [Fact]
    public void SignerAt_WhenAWaitingKeyWasOvertaken_IsTheKeyMadeLast()
    {
        ImmutableArray<StoredSigningKey> keys = [Key("first", 0), Key("waiting", 600), Key("urgent", 10)];

        Assert.Equal("first", Signer(keys, 9));
        Assert.Equal("urgent", Signer(keys, 10));
        Assert.Equal("urgent", Signer(keys, 601));
    }

    [Fact]
    public void SignerAt_WhenTheClockIsBehindTheFirstKey_IsTheFirstKey() => Assert.Equal("first", Signer([Key("first", 0)], -20));

    [Fact]
    public void PublishedAt_WhenASuccessorSigns_SaysUntilWhenExactly()
    {
        ImmutableArray<StoredSigningKey> keys = [Key("old", 0, lifetimeSeconds: 300), Key("new", 600, lifetimeSeconds: 3600)];
        var end = Start.AddSeconds(600 + 300) + SigningKeyRules.RegistryLeeway + SigningKeyRules.Lag;

        Assert.Null(SigningKeyRules.PublishedAt(keys, Start.AddSeconds(599))[1].PublishedUntil);
        Assert.Equal(end, SigningKeyRules.PublishedAt(keys, Start.AddSeconds(600))[1].PublishedUntil);
        Assert.Equal(["new", "old"], Ids(SigningKeyRules.PublishedAt(keys, end.AddTicks(-1))));
        Assert.Equal(["new"], Ids(SigningKeyRules.PublishedAt(keys, end)));
        Assert.Equal(["new"], SigningKeyRules.StillPublished(keys, end).Select(static k => k.KeyId));
    }

    [Fact]
    public void PublishedAt_WhenAWaitingKeyWasOvertaken_CountsFromTheKeyThatSignsFirst()
    {
        ImmutableArray<StoredSigningKey> keys = [Key("first", 0), Key("waiting", 6000), Key("urgent", 10)];
        var end = Start.AddSeconds(10 + 300) + SigningKeyRules.RegistryLeeway + SigningKeyRules.Lag;

        Assert.Equal([null, end, end], SigningKeyRules.PublishedAt(keys, Start.AddSeconds(10)).Select(static k => k.PublishedUntil));
        Assert.Equal(["urgent"], Ids(SigningKeyRules.PublishedAt(keys, end)));
    }

    [Fact]
    public void WithLifetime_WhenLonger_LengthensEveryKeyAndNeverShortensOne()
    {
        ImmutableArray<StoredSigningKey> keys = [Key("a", 0, lifetimeSeconds: 300), Key("b", 0, lifetimeSeconds: 900)];

        Assert.Equal([600, 900], SigningKeyRules.WithLifetime(keys, TimeSpan.FromSeconds(600)).Select(static k => k.LongestLifetimeSeconds));
        Assert.True(keys == SigningKeyRules.WithLifetime(keys, TimeSpan.FromSeconds(300)));
    }

    private static string Signer(ImmutableArray<StoredSigningKey> keys, int second) =>
        SigningKeyRules.SignerAt(keys, static k => k.SignsFrom, Start.AddSeconds(second)).KeyId;

    private static IEnumerable<string> Ids(ImmutableArray<PublishedKey> keys) => keys.Select(static k => k.KeyId);

    private static StoredSigningKey Key(string id, int signsFrom, int lifetimeSeconds = 300) => new()
    {
        KeyId = id,
        Certificate = [1],
        CreatedAt = Start,
        SignsFrom = Start.AddSeconds(signsFrom),
        LongestLifetimeSeconds = lifetimeSeconds,
    };

    /// <summary>What the grain does at each rotation, without keys and storage.</summary>
    private sealed class History
    {
        private readonly List<(DateTimeOffset At, ImmutableArray<StoredSigningKey> Keys)> _states = [];

        public History((int Gap, int Delay)[] rotations, TimeSpan lifetime)
        {
            var seconds = (int)lifetime.TotalSeconds;
            _states.Add((Start, [Key("0", 0, seconds)]));
            var second = 0;
            foreach (var (gap, delay) in rotations)
            {
                second += gap;
                var now = Start.AddSeconds(second);
                var keys = SigningKeyRules.StillPublished(_states[^1].Keys, now);
                if (keys.Length < Limits.MaxPublishedKeys)
                {
                    var made = Key(_states.Count.ToString(System.Globalization.CultureInfo.InvariantCulture), second + delay, seconds);
                    _states.Add((now, keys.Add(made with { CreatedAt = now })));
                }
            }
        }

        public ImmutableArray<StoredSigningKey> KeysAt(DateTimeOffset time) =>
            _states.Where(s => s.At <= time).Select(static s => s.Keys).LastOrDefault(_states[0].Keys);

        public IEnumerable<DateTimeOffset> Moments() => _states.SelectMany(static s => s.Keys.Select(static k => k.SignsFrom).Append(s.At));
    }
}
