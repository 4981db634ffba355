using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

/// <summary>Which JWTs are handed out again.</summary>
public sealed class RegistryJwtCacheTests : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Principal Holder =
        new(new TokenId(5), new GroupId(1).AsNamespace, "ci", DeployTokenScopes.ReadRegistry);

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly RegistryJwtCache _cache = new(new RegistryTokenOptions());

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Get_OfTheSameAgain_IsTheSame() => Assert.Same(Ask(), Ask());

    [Fact]
    public void Get_WhenMostOfTheLifeIsOver_IsMadeAnew()
    {
        var first = Ask();
        Assert.Same(first, Ask(now: Start + (Lifetime / 2) - TimeSpan.FromSeconds(1)));
        var second = Ask(now: Start + (Lifetime / 2));
        Assert.NotSame(first, second);
        Assert.Equal(Start + (Lifetime / 2), second.IssuedAt);
    }

    [Fact]
    public void Get_WhenLessThanAMinuteIsLeft_IsMadeAnew()
    {
        var lifetime = TimeSpan.FromSeconds(90);
        var first = Ask(lifetime: lifetime);
        Assert.Same(first, Ask(lifetime: lifetime, now: Start + TimeSpan.FromSeconds(30)));
        Assert.NotSame(first, Ask(lifetime: lifetime, now: Start + TimeSpan.FromSeconds(31)));
    }

    [Fact]
    public void Get_WhenAnythingIsOther_IsAnother()
    {
        SignedJwt[] all =
        [
            Ask(),
            Ask(epoch: 2),
            Ask(keyId: "other"),
            Ask(lifetime: TimeSpan.FromMinutes(6)),
            Ask(principal: Holder with { Token = new TokenId(6) }),
            AskForAnybody(),
            Ask(access: []),
            Ask(access: [Grant("acme/api/worker", RegistryAction.PullImage)]),
            Ask(access: [Grant("acme/api", RegistryAction.PushImage)]),
            Ask(access: [Grant("acme/api", RegistryAction.PullImage, RegistryAction.PushImage)]),
            Ask(access: [Grant("acme/api", RegistryAction.PullImage), Grant("acme/web", RegistryAction.PullImage)]),
        ];
        Assert.Equal(all.Length, all.Select(static jwt => jwt.Text).Distinct().Count());
    }

    [Fact]
    public void Get_WhenTheClockWentBack_IsMadeAnew() => Assert.NotSame(Ask(), Ask(now: Start - TimeSpan.FromHours(1)));

    [Fact]
    public void Get_OfOneForAnybody_IsMadeAnewEachTime() => Assert.NotSame(AskForAnybody(), AskForAnybody());

    [Fact]
    public void Get_OfALongOne_IsMadeAnewEachTime()
    {
        // Of every length on both sides of what is kept, nearly.
        var isKept = Enumerable.Range(0, 100).Select(i =>
        {
            var access = ImmutableArray.Create(Grant("acme/api/" + new string('x', 12 * i), RegistryAction.PullImage));
            var first = Ask(access: access);
            return (first.Text.Length, IsKept: ReferenceEquals(first, Ask(access: access)));
        }).ToList();
        Assert.All(isKept, static jwt => Assert.Equal(jwt.Length <= 2_000, jwt.IsKept));
        Assert.Contains(isKept, static jwt => jwt.IsKept);
        Assert.Contains(isKept, static jwt => !jwt.IsKept);
    }

    private static GrantedAccess Grant(string name, params ImmutableArray<RegistryAction> actions) =>
        new(name, actions, new LocatedProject(new ProjectId(3), new GroupId(1), "acme/api"));

    private SignedJwt Ask(
        long epoch = 1,
        string keyId = "key",
        TimeSpan? lifetime = null,
        Principal? principal = null,
        ImmutableArray<GrantedAccess>? access = null,
        DateTimeOffset? now = null) => _cache.GetOrMake(
        Credentials(keyId), principal ?? Holder, epoch, access ?? [Grant("acme/api", RegistryAction.PullImage)], now ?? Start, lifetime ?? Lifetime);

    private SignedJwt AskForAnybody() =>
        _cache.GetOrMake(Credentials("key"), null, 1, [Grant("acme/api", RegistryAction.PullImage)], Start, Lifetime);

    private SigningCredentials Credentials(string keyId) =>
        new(new ECDsaSecurityKey(_key) { KeyId = keyId }, SecurityAlgorithms.EcdsaSha256);
}
