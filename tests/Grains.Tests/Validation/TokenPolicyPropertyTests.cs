using System.Collections.Concurrent;
using CsCheck;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Validation;

public sealed class TokenPolicyPropertyTests(ITestOutputHelper output)
{
    private const long Cases = 40_000;

    /// <summary>Which check fails where something is refused.</summary>
    private static readonly Dictionary<DenyReason, string> FailedCheck = new()
    {
        [DenyReason.TokenUnknown] = "token",
        [DenyReason.SecretMismatch] = "secret",
        [DenyReason.UsernameMismatch] = "username",
        [DenyReason.TokenRevoked] = "revocation",
        [DenyReason.TokenExpired] = "expiry",
        [DenyReason.HolderGone] = "holder_exists",
        [DenyReason.ScopesOfNoUseHere] = "scopes",
        [DenyReason.ResourceNotFound] = "resource",
        [DenyReason.ResourceOutsideHolder] = "holder",
        [DenyReason.ScopeMissing] = "scope",
        [DenyReason.ActionNeverGranted] = "action",
        [DenyReason.ResourceArchived] = "archived",
        [DenyReason.HolderNotThisGroup] = "group",
        [DenyReason.FeatureDisabled] = "feature",
        [DenyReason.CredentialRequired] = "visibility",
        [DenyReason.CredentialWrongKind] = "kind",
        [DenyReason.ExternalAuthorization] = "external_authorization",
    };

    [Fact]
    public void Decide_OfAnyCase_AgreesWithTheOracle()
    {
        var (seen, together) = (new ConcurrentDictionary<DenyReason, int>(), 0);
        PolicyCases.Any.Sample(
            asked =>
            {
                var expected = PolicyOracle.Judge(asked);
                var decision = TokenPolicy.Decide(PolicyCases.Input(asked));
                seen.AddOrUpdate(decision.Reason, 1, static (_, n) => n + 1);
                _ = IsRevokedTogether(asked, decision.Reason) ? Interlocked.Increment(ref together) : 0;
                Assert.Equal((expected.IsAllowed, expected.Reason), (decision.Allowed, decision.Reason));
                Assert.Equal(expected.IsRecognised ? PolicyCases.Id(asked.Token!.Holder) : null, decision.Principal?.Holder);
                Assert.Equal(expected.IsRecognised ? asked.Token!.Id : null, decision.Principal?.Token.Value);
                Assert.Equal(expected.Place is { } p ? PolicyCases.Lineage(p)!.FullPath : null, decision.Resource?.FullPath ?? decision.Group?.FullPath);
                Assert.Equal(expected.Place is { IsProject: true } project ? project.Id : null, decision.Resource?.Id.Value);
                Assert.Equal(expected.Place is { IsProject: false } group ? group.Id : null, decision.Group?.Id.Value);
                Assert.Equal(expected.IsOfPublicProject, decision.ResourceIsPublic);
            },
            output.WriteLine,
            iter: Cases);
        output.WriteLine(string.Join(", ", seen.OrderBy(static s => s.Key).Select(static s => $"{s.Key} {s.Value}")));

        // A generator that does not reach every outcome proves little.
        Assert.All(FailedCheck.Keys.Append(DenyReason.None), reason => Assert.True(seen.GetValueOrDefault(reason) > 50, $"{reason} was hardly tried."));
        Assert.True(together > 500, "Revocations of all tokens at and below a node were hardly tried.");
    }

    [Fact]
    public void Decide_WithFacts_DecidesTheSame() => PolicyCases.Any.Sample(
        asked => Assert.Equal(TokenPolicy.Decide(PolicyCases.Input(asked)), TokenPolicy.Decide(PolicyCases.Input(asked), new FactList())),
        output.WriteLine,
        iter: Cases);

    [Fact]
    public void Facts_OfAnyCase_EndInTheReasonAndShowNoCredential() => PolicyCases.Any.Sample(
        asked =>
        {
            var facts = new FactList();
            var decision = TokenPolicy.Decide(PolicyCases.Input(asked), facts);
            var failed = facts.Facts.LastOrDefault(static f => !f.Passed);
            var check = IsRevokedTogether(asked, decision.Reason) ? "subtree_revocation" : FailedCheck.GetValueOrDefault(decision.Reason);
            Assert.Equal(check, failed?.Check);
            Assert.True(decision.Allowed || ReferenceEquals(failed, facts.Facts[^1]), "Nothing is looked at after what fails.");
            Assert.DoesNotContain(facts.Facts, static f => f.Detail.Contains(PolicyCases.Username, StringComparison.OrdinalIgnoreCase));
            Assert.DoesNotContain(facts.Facts, static f => f.Check.Contains(PolicyCases.Username, StringComparison.OrdinalIgnoreCase));
        },
        output.WriteLine,
        iter: Cases);

    /// <summary>Whether a token was refused for a revocation that is not its own.</summary>
    private static bool IsRevokedTogether(OracleCase asked, DenyReason reason) =>
        reason == DenyReason.TokenRevoked && asked.Token is { IsRevoked: false };
}
