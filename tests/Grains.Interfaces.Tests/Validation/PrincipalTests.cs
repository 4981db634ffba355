using CsCheck;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Interfaces.Tests.Validation;

public sealed class PrincipalTests : IDisposable
{
    private static readonly Gen<long> Numbers = Gen.OneOf(Gen.Long, Gen.OneOf(long.MinValue, -1, 0, 1, 9, 10, long.MaxValue));

    private static readonly Gen<DateTimeOffset> Instants = Gen.OneOf(
        Gen.DateTimeOffset,
        Gen.Select(Gen.Long[DateTime.MinValue.AddDays(1).Ticks, DateTime.MaxValue.AddDays(-1).Ticks], Gen.Int[-14 * 60, 14 * 60],
            static (ticks, minutes) => new DateTimeOffset(ticks, TimeSpan.FromMinutes(minutes))),
        Gen.OneOf(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, DateTimeOffset.UnixEpoch));

    private static readonly Gen<Facts> AllFacts = Gen.Select(
        Numbers,
        Gen.Select(Gen.Int, Numbers, static (kind, id) => new NamespaceId((NamespaceKind)kind, id)),
        Gen.OneOf(Numbers.Select(static id => $"gitlab+deploy-token-{id}"), Gen.String, Gen.OneOf("deployer", "gitlab+deploy-token-", "")),
        Gen.Bool, Gen.Int, Instants, Gen.Nullable(Instants),
        static (token, holder, username, isDefault, scopes, issued, expires) => new Facts(
            new TokenId(token), holder, isDefault ? $"gitlab+deploy-token-{token}" : username, (DeployTokenScopes)scopes, issued, expires));

    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    private Serializer Serializer => _services.GetRequiredService<Serializer>();

    [Fact]
    public void Principal_WhateverItIsMadeOf_SaysTheSame() => AllFacts.Sample(static facts =>
    {
        var principal = facts.ToPrincipal();
        Assert.Equal(facts, Facts.Of(principal));
        Assert.Equal(facts.IssuedAt.Offset, principal.IssuedAt.Offset);
        Assert.Equal(facts.ExpiresAt?.Offset, principal.ExpiresAt?.Offset);
        Assert.Equal($"Principal {facts.Print()}", principal.ToString());
        var (token, holder, username, scopes) = principal;
        Assert.Equal((facts.Token, facts.Holder, facts.Username, facts.Scopes), (token, holder, username, scopes));
    });

    [Fact]
    public void Principal_WhenTwoAreCompared_AreEqualWhereAllFactsAre() => Gen.Select(AllFacts, AllFacts, Gen.Int[0, 6]).Sample(
        static (one, other, changed) =>
        {
            var mixed = one.With(other, changed);
            Assert.Equal(one == mixed, one.ToPrincipal() == mixed.ToPrincipal());
            Assert.True(one != mixed || one.ToPrincipal().GetHashCode() == mixed.ToPrincipal().GetHashCode());
        });

    [Fact]
    public void Principal_WhenChangedByWith_KeepsTheRest() => Gen.Select(AllFacts, AllFacts, Gen.Int[0, 6]).Sample(
        static (one, other, changed) =>
        {
            var principal = one.ToPrincipal();
            var made = changed switch
            {
                0 => principal with { Token = other.Token },
                1 => principal with { Holder = other.Holder },
                2 => principal with { Username = other.Username },
                3 => principal with { Scopes = other.Scopes },
                4 => principal with { IssuedAt = other.IssuedAt },
                5 => principal with { ExpiresAt = other.ExpiresAt },
                _ => principal with { },
            };
            Assert.Equal(one.With(other, changed), Facts.Of(made));
            Assert.Equal(one.With(other, changed).ToPrincipal(), made);
        });

    [Fact]
    public void Principal_WhenTheSameInstantIsToldElsewhere_IsEqual()
    {
        var there = new DateTimeOffset(2026, 11, 24, 9, 30, 0, TimeSpan.FromHours(-8));
        var principal = new Principal(new(1), default, "u", default) { IssuedAt = there, ExpiresAt = there };
        var other = principal with { IssuedAt = there.ToUniversalTime(), ExpiresAt = there.ToUniversalTime() };
        Assert.Equal(principal, other);
        Assert.Equal(principal.GetHashCode(), other.GetHashCode());
    }

    [Fact]
    public void Principal_WhenItCrossesTheWire_ArrivesAsItWas() => AllFacts.Sample(facts =>
    {
        var principal = facts.ToPrincipal();
        var arrived = Serializer.Deserialize<Principal>(Serializer.SerializeToArray(principal));
        Assert.Equal(principal, arrived);
        Assert.Equal(principal.ToString(), arrived!.ToString());
    });

    /// <summary>Silos and clients of two versions run side by side: these bytes were written when the principal crossed as it was.</summary>
    [Theory]
    [InlineData(
        "20E820E8001425F4E021E808030901A9E041376769746C61622B6465706C6F792D746F6B656E2D31303030303137090319218007C4D98B0D4ADF0881000000000"
        + "0000000E0218000C0BE2D9A67DF08810000000000000000E0E0",
        "{ Token = 1000017, Holder = project 42, Username = gitlab+deploy-token-1000017, Scopes = ReadRegistry, WriteRegistry, "
        + "IssuedAt = 11/24/2026 09:30:15 +00:00, ExpiresAt = 01/01/2027 00:00:00 +00:00 }")]
    [InlineData(
        "20E820E8001DE021E8080305010DE041116465706C6F796572090305218080EDC68B0D4ADF0881008CFAC0B8FFFFFFE0C101E0",
        "{ Token = 7, Holder = group 3, Username = deployer, Scopes = ReadRepository, IssuedAt = 11/24/2026 09:30:15 -08:30, ExpiresAt =  }")]
    [InlineData(
        "20E820E880FFFFFFFFFFFFFF7FE021E8080309810000000000000080E0412B6769746C61622B6465706C6F792D746F6B656E2D380903032180FF3F37F47528CA2B"
        + "810000000000000000E021800000000000000000810000000000000000E0E0",
        "{ Token = 9223372036854775807, Holder = project -9223372036854775808, Username = gitlab+deploy-token-8, Scopes = -1, "
        + "IssuedAt = 12/31/9999 23:59:59 +00:00, ExpiresAt = 01/01/0001 00:00:00 +00:00 }")]
    public void Principal_WhenOfAnEarlierVersion_IsReadAndWrittenAlike(string bytes, string text)
    {
        var principal = Serializer.Deserialize<Principal>(Convert.FromHexString(bytes));
        Assert.Equal($"Principal {text}", principal!.ToString());
        Assert.Equal(bytes, Convert.ToHexString(Serializer.SerializeToArray(principal)));
    }

    [Fact]
    public void Principal_WhenOneStandsInTwoPlaces_CrossesOnce()
    {
        var principal = new Principal(new(1), default, "u", default);
        var arrived = Serializer.Deserialize<Decision[]>(Serializer.SerializeToArray(
            new Decision[] { new(true, DenyReason.None, principal, null), new(false, DenyReason.ScopeMissing, principal, null) }));
        Assert.Same(arrived![0].Principal, arrived[1].Principal);
    }

    [Fact]
    public void Principal_WhenCopiedForACallWithinASilo_IsTheSame()
    {
        var principal = new Principal(new(1), default, "u", default);
        Assert.Same(principal, _services.GetRequiredService<DeepCopier>().Copy(principal));
    }

    [Fact]
    public void Principal_WithTheDefaultUsername_TakesFewBytes()
    {
        const int Count = 1000;
        var kept = new Principal[Count];
        var username = DefaultUsername.Of(new TokenId(1_000_000));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Count; i++)
        {
            kept[i] = new Principal(new TokenId(1_000_000), default, username, default) { IssuedAt = DateTimeOffset.UnixEpoch };
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 80 * Count);
        Assert.DoesNotContain(kept, principal => ReferenceEquals(principal.Username, username));
    }

    public void Dispose() => _services.Dispose();

    /// <summary>What a principal says, in the plainest form.</summary>
    private sealed record Facts(
        TokenId Token, NamespaceId Holder, string Username, DeployTokenScopes Scopes, DateTimeOffset IssuedAt, DateTimeOffset? ExpiresAt)
    {
        public string Print() => ToString()[(nameof(Facts).Length + 1)..];

        public static Facts Of(Principal p) => new(p.Token, p.Holder, p.Username, p.Scopes, p.IssuedAt, p.ExpiresAt);

        public Principal ToPrincipal() => new(Token, Holder, Username, Scopes) { IssuedAt = IssuedAt, ExpiresAt = ExpiresAt };

        public Facts With(Facts other, int changed) => changed switch
        {
            0 => this with { Token = other.Token },
            1 => this with { Holder = other.Holder },
            2 => this with { Username = other.Username },
            3 => this with { Scopes = other.Scopes },
            4 => this with { IssuedAt = other.IssuedAt },
            5 => this with { ExpiresAt = other.ExpiresAt },
            _ => this,
        };
    }
}
