using System.Collections.Immutable;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Settings;
using OrleansTokens.Validation;
using static OrleansTokens.DeployTokens.DeployTokenScopes;

namespace OrleansTokens.Grains.Tests.Validation;

/// <summary>Every edge of the rules by name. What lies between is <see cref="TokenPolicyPropertyTests"/>' to try.</summary>
public sealed class TokenPolicyTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly NamespaceId Acme = Group(1);
    private static readonly NamespaceId Platform = Group(2);
    private static readonly NamespaceId Sibling = Group(3);
    private static readonly NamespaceId Api = Project(1);

    [Theory]
    [InlineData(-1, true)]
    [InlineData(0, false)]
    [InlineData(1, false)]
    public void Decide_WhenNowIsTicksFromExpiresAt_AllowsOnlyBefore(long ticksAfter, bool allowed)
    {
        var token = Token(Api, ReadRegistry) with { ExpiresAt = Now };
        var decision = Decide(token, RegistryAction.PullImage, ApiLineage(), now: Now.AddTicks(ticksAfter));
        Assert.Equal((allowed, allowed ? DenyReason.None : DenyReason.TokenExpired), (decision.Allowed, decision.Reason));
    }

    [Fact]
    public void Decide_WhenExpiresAtIsGivenInAnotherTimeZone_ComparesInstants()
    {
        var token = Token(Api, ReadRegistry) with { ExpiresAt = Now.ToOffset(TimeSpan.FromHours(9)) };
        Assert.True(Decide(token, RegistryAction.PullImage, ApiLineage(), now: Now.AddTicks(-1)).Allowed);
        Assert.False(Decide(token, RegistryAction.PullImage, ApiLineage(), now: Now).Allowed);
    }

    [Fact]
    public void Decide_WhenATokenIsRevokedAndExpired_SaysRevoked() => Refuses(
        DenyReason.TokenRevoked,
        Token(Api, ReadRegistry) with { ExpiresAt = Now, Revocation = new Revocation(Now, new OperatorId(1), "") },
        RegistryAction.PullImage,
        ApiLineage());

    [Fact]
    public void Decide_WhenATokenIsIntrospected_AllowsWhateverItsScopesAndTellsItsTimes()
    {
        foreach (var name in ScopeNames.AllNames)
        {
            Assert.True(ScopeNames.TryParse(name, out var scope));
            var decision = Decide(Token(Api, scope) with { ExpiresAt = Now.AddTicks(1) }, RegistryAction.Introspect, null);
            Assert.Equal((true, Now.AddTicks(1)), (decision.Allowed, decision.Principal?.ExpiresAt));
        }

        Refuses(DenyReason.TokenExpired, Token(Api, ReadRegistry) with { ExpiresAt = Now }, RegistryAction.Introspect, ApiLineage());
    }

    [Fact]
    public void Decide_WhenAGroupsTokenIsUsedBelowIt_AllowsAtAnyDepth()
    {
        var deepest = Lineage([Node(Project(9)), .. Enumerable.Range(1, Limits.MaxGroupDepth).Reverse().Select(static i => Node(Group(i)))]);
        foreach (var holder in Enumerable.Range(1, Limits.MaxGroupDepth))
        {
            Assert.True(Decide(Token(Group(holder), ReadRegistry), RegistryAction.PullImage, deepest).Allowed);
        }
    }

    [Fact]
    public void Decide_WhenAGroupsTokenIsUsedAboveIt_Denies() => Refuses(
        DenyReason.ResourceOutsideHolder, Token(Platform, ReadRegistry), RegistryAction.PullImage, Lineage([Node(Project(2)), Node(Acme)]));

    [Fact]
    public void Decide_WhenAGroupsTokenIsUsedInASibling_Denies() => Refuses(
        DenyReason.ResourceOutsideHolder, Token(Sibling, ReadRegistry), RegistryAction.PullImage, ApiLineage());

    [Fact]
    public void Decide_WhenAProjectsTokenIsUsedInAnotherProject_Denies() => Refuses(
        DenyReason.ResourceOutsideHolder, Token(Project(2), ReadRegistry), RegistryAction.PullImage, ApiLineage());

    [Fact]
    public void Decide_WhenAGroupHasTheNumberOfTheProject_TakesThemForDifferentNodes()
    {
        var lineage = Lineage([Node(Project(1)), Node(Group(5))]);
        Refuses(DenyReason.ResourceOutsideHolder, Token(Group(1), ReadRegistry), RegistryAction.PullImage, lineage);
        Refuses(DenyReason.ResourceOutsideHolder, Token(Project(5), ReadRegistry), RegistryAction.PullImage, lineage);
    }

    [Fact]
    public void Decide_WhenTheProjectWasMoved_GoesByWhereItIsNow()
    {
        var token = Token(Platform, ReadRegistry);
        Assert.True(Decide(token, RegistryAction.PullImage, ApiLineage()).Allowed);
        Refuses(DenyReason.ResourceOutsideHolder, token, RegistryAction.PullImage, Lineage([Node(Api), Node(Sibling), Node(Acme)]));
    }

    [Theory]
    [InlineData(RegistryAction.DownloadCode, true)]
    [InlineData(RegistryAction.ReadPackage, true)]
    [InlineData(RegistryAction.WritePackage, true)]
    [InlineData(RegistryAction.PullImage, false)]
    [InlineData(RegistryAction.PushImage, false)]
    public void Decide_WhenTheProjectIsNamedByAnOldPath_AllowsAllButImages(RegistryAction action, bool allowed)
    {
        var decision = Decide(Token(Api, ScopeNames.All), action, ApiLineage(), viaRedirect: true);
        Assert.Equal((allowed, allowed ? DenyReason.None : DenyReason.ResourceNotFound), (decision.Allowed, decision.Reason));
        Assert.Equal(allowed, decision.Resource is not null);
    }

    [Theory]
    [InlineData(WriteRegistry, RegistryAction.PushImage, DenyReason.None)]
    [InlineData(WriteRegistry, RegistryAction.PullImage, DenyReason.ScopeMissing)]
    [InlineData(WriteRegistry, RegistryAction.SignInToRegistry, DenyReason.None)]
    [InlineData(ReadRegistry, RegistryAction.PushImage, DenyReason.ScopeMissing)]
    [InlineData(ReadRegistry, RegistryAction.SignInToRegistry, DenyReason.None)]
    [InlineData(ReadRegistry, RegistryAction.DownloadCode, DenyReason.ScopeMissing)]
    [InlineData(ReadRepository, RegistryAction.DownloadCode, DenyReason.None)]
    [InlineData(ReadRepository, RegistryAction.SignInToRegistry, DenyReason.ScopeMissing)]
    [InlineData(ReadRepository, RegistryAction.ReadPackage, DenyReason.ScopeMissing)]
    [InlineData(ReadPackageRegistry, RegistryAction.ReadPackage, DenyReason.None)]
    [InlineData(ReadPackageRegistry, RegistryAction.WritePackage, DenyReason.ScopeMissing)]
    [InlineData(WritePackageRegistry, RegistryAction.ReadPackage, DenyReason.None)]
    [InlineData(WritePackageRegistry, RegistryAction.WritePackage, DenyReason.None)]
    [InlineData(ReadVirtualRegistry, RegistryAction.Authenticate, DenyReason.None)]
    [InlineData(ReadVirtualRegistry, RegistryAction.SignInToRegistry, DenyReason.ScopeMissing)]
    [InlineData(WriteVirtualRegistry, RegistryAction.WritePackage, DenyReason.ScopeMissing)]
    public void Decide_WithOneScope_AllowsWhatItGrants(DeployTokenScopes scope, RegistryAction action, DenyReason reason) =>
        Assert.Equal(reason, Decide(Token(Api, scope), action, ApiLineage()).Reason);

    [Theory]
    [InlineData(RegistryAction.Authenticate)]
    [InlineData(RegistryAction.SignInToRegistry)]
    [InlineData(RegistryAction.DownloadCode)]
    [InlineData(RegistryAction.PullImage)]
    [InlineData(RegistryAction.PushImage)]
    public void Decide_WhenATokenHasPackageScopesOnly_IsOfNoUseElsewhere(RegistryAction action) => Refuses(
        DenyReason.ScopesOfNoUseHere, Token(Api, ReadPackageRegistry | WritePackageRegistry), action, ApiLineage(Visibility.Public));

    [Theory]
    [InlineData(RegistryAction.UploadCode)]
    [InlineData(RegistryAction.DeleteImage)]
    [InlineData(RegistryAction.None)]
    [InlineData((RegistryAction)99)]
    public void Decide_WhenNoTokenMayDoThis_DeniesWithEveryScope(RegistryAction action) =>
        Refuses(DenyReason.ActionNeverGranted, Token(Api, ScopeNames.All), action, ApiLineage(Visibility.Public));

    [Theory]
    [InlineData(ReadRegistry, RegistryAction.PullImage, DenyReason.None)]
    [InlineData(WriteRegistry, RegistryAction.PullImage, DenyReason.ScopeMissing)]
    [InlineData(ReadRepository, RegistryAction.PullImage, DenyReason.ScopeMissing)]
    [InlineData(WriteRegistry, RegistryAction.PushImage, DenyReason.ResourceOutsideHolder)]
    [InlineData(ReadRepository, RegistryAction.DownloadCode, DenyReason.ResourceOutsideHolder)]
    public void Decide_WhenAForeignProjectIsPublic_AllowsPullingImagesOnly(
        DeployTokenScopes scope, RegistryAction action, DenyReason reason) =>
        Assert.Equal(reason, Decide(Token(Sibling, scope), action, ApiLineage(Visibility.Public)).Reason);

    [Theory]
    [InlineData(Visibility.Internal)]
    [InlineData(Visibility.Private)]
    public void Decide_WhenAForeignProjectIsNotPublic_Denies(Visibility visibility) =>
        Refuses(DenyReason.ResourceOutsideHolder, Token(Sibling, ReadRegistry), RegistryAction.PullImage, ApiLineage(visibility));

    [Theory]
    [InlineData(RegistryAction.DownloadCode, DenyReason.None)]
    [InlineData(RegistryAction.PullImage, DenyReason.None)]
    [InlineData(RegistryAction.ReadPackage, DenyReason.None)]
    [InlineData(RegistryAction.PushImage, DenyReason.ResourceArchived)]
    [InlineData(RegistryAction.WritePackage, DenyReason.ResourceArchived)]
    public void Decide_WhenAGroupAboveIsArchived_AllowsReadingOnly(RegistryAction action, DenyReason reason)
    {
        foreach (var archived in Enumerable.Range(0, 3))
        {
            var nodes = ApiLineage().Nodes;
            var lineage = new Lineage(nodes.SetItem(archived, nodes[archived] with { Archived = true }));
            Assert.Equal(reason, Decide(Token(Acme, ScopeNames.All), action, lineage).Reason);
        }
    }

    [Fact]
    public void Decide_WhenTheHolderIsGone_DeniesWhatNeedsNoResourceToo() => Assert.Equal(
        DenyReason.HolderGone,
        TokenPolicy.Decide(new DecisionInput(
            Token(Api, ScopeNames.All), CredentialMatch.Right, HolderExists: false, RegistryAction.Authenticate, null, false, Now)).Reason);

    [Fact]
    public void Decide_WhenThereIsNoToken_DeniesWhateverIsSaidToMatch()
    {
        foreach (var match in new[] { CredentialMatch.OtherSecret, CredentialMatch.OtherUsername, CredentialMatch.Right })
        {
            var decision = TokenPolicy.Decide(new DecisionInput(null, match, true, RegistryAction.PullImage, ApiLineage(Visibility.Public), false, Now));
            Assert.Equal((false, DenyReason.TokenUnknown, null), (decision.Allowed, decision.Reason, decision.Principal));
        }
    }

    [Theory]
    [InlineData(RegistryAction.DownloadCode, true)]
    [InlineData(RegistryAction.PullImage, true)]
    [InlineData(RegistryAction.ReadPackage, true)]
    [InlineData(RegistryAction.Authenticate, false)]
    [InlineData(RegistryAction.SignInToRegistry, false)]
    [InlineData(RegistryAction.UploadCode, false)]
    [InlineData(RegistryAction.PushImage, false)]
    [InlineData(RegistryAction.WritePackage, false)]
    [InlineData(RegistryAction.None, false)]
    public void Decide_WithoutCredential_AllowsReadingWhatIsPublicOnly(RegistryAction action, bool allowed)
    {
        Assert.Equal(allowed, Anonymous(action, ApiLineage(Visibility.Public)).Allowed);
        Assert.Equal(DenyReason.CredentialRequired, Anonymous(action, ApiLineage(Visibility.Internal)).Reason);
        Assert.Equal(DenyReason.CredentialRequired, Anonymous(action, null).Reason);
    }

    [Fact]
    public void Decide_WithoutCredential_TakesWhatIsPublicBelowSomethingPrivateForPrivate() => Assert.False(
        Anonymous(RegistryAction.PullImage, Lineage([Node(Api, Visibility.Public), Node(Platform), Node(Acme, Visibility.Public)])).Allowed);

    [Theory]
    [InlineData(RegistryAction.Authenticate, DenyReason.None, DenyReason.None)]
    [InlineData(RegistryAction.SignInToRegistry, DenyReason.ExternalAuthorization, DenyReason.ExternalAuthorization)]
    [InlineData(RegistryAction.DownloadCode, DenyReason.ExternalAuthorization, DenyReason.None)]
    [InlineData(RegistryAction.UploadCode, DenyReason.ExternalAuthorization, DenyReason.ActionNeverGranted)]
    [InlineData(RegistryAction.PullImage, DenyReason.ExternalAuthorization, DenyReason.ExternalAuthorization)]
    [InlineData(RegistryAction.PushImage, DenyReason.ExternalAuthorization, DenyReason.ExternalAuthorization)]
    [InlineData(RegistryAction.ReadPackage, DenyReason.ExternalAuthorization, DenyReason.ExternalAuthorization)]
    [InlineData(RegistryAction.WritePackage, DenyReason.ExternalAuthorization, DenyReason.ExternalAuthorization)]
    public void Decide_WhenAnExternalServiceDecides_RefusesTokensButForCodeThatIsPublic(
        RegistryAction action, DenyReason whenPrivate, DenyReason whenPublic)
    {
        Assert.Equal(whenPrivate, Reason(Visibility.Private, Settings(enabled: true, allowed: false)));
        Assert.Equal(whenPrivate, Reason(Visibility.Internal, Settings(enabled: true, allowed: false)));
        Assert.Equal(whenPublic, Reason(Visibility.Public, Settings(enabled: true, allowed: false)));
        foreach (var visibility in Enum.GetValues<Visibility>())
        {
            Assert.Equal(Reason(visibility, default), Reason(visibility, Settings(enabled: true, allowed: true)));
            Assert.Equal(Reason(visibility, default), Reason(visibility, Settings(enabled: false, allowed: false)));
        }

        DenyReason Reason(Visibility visibility, DecisionSettings settings) => TokenPolicy.Decide(new DecisionInput(
            Token(Api, ScopeNames.All), CredentialMatch.Right, true, action, ApiLineage(visibility), false, Now, settings)).Reason;
    }

    [Fact]
    public void Decide_WhenAnExternalServiceDecides_StillKnowsWhoIsRightAndLetsEverybodyReadWhatIsPublic()
    {
        var settings = Settings(enabled: true, allowed: false);
        var refused = TokenPolicy.Decide(new DecisionInput(
            Token(Api, ScopeNames.All), CredentialMatch.Right, true, RegistryAction.PullImage, ApiLineage(), false, Now, settings));
        Assert.Equal((DenyReason.ExternalAuthorization, 1L), (refused.Reason, refused.Principal?.Token.Value));
        var wrong = TokenPolicy.Decide(new DecisionInput(
            Token(Api, ScopeNames.All), CredentialMatch.OtherSecret, true, RegistryAction.PullImage, ApiLineage(), false, Now, settings));
        Assert.Equal(DenyReason.SecretMismatch, wrong.Reason);
        Assert.True(Anonymous(RegistryAction.PullImage, ApiLineage(Visibility.Public)).Allowed);
    }

    private static DecisionSettings Settings(bool enabled, bool allowed) => DecisionSettings.Of(new ApplicationSettings
    {
        ExternalAuthorizationServiceEnabled = enabled,
        AllowDeployTokensAndKeysWithExternalAuthn = allowed,
    });

    private static NamespaceId Group(long id) => new(NamespaceKind.Group, id);

    private static NamespaceId Project(long id) => new(NamespaceKind.Project, id);

    private static LineageNode Node(NamespaceId id, Visibility visibility = Visibility.Private) =>
        new(id, Slug.Parse($"{id.Kind}{id.Value}"), "Name", visibility, Archived: false, 1);

    private static Lineage Lineage(ImmutableArray<LineageNode> nodes) => new(nodes);

    private static Lineage ApiLineage(Visibility visibility = Visibility.Private) =>
        Lineage([Node(Api, visibility), Node(Platform, visibility), Node(Acme, visibility)]);

    private static DeployTokenView Token(NamespaceId holder, DeployTokenScopes scopes) =>
        new(new TokenId(1), holder, "name", "user", scopes, Now.AddDays(-1), new OperatorId(1), null, null, 1);

    private static Decision Decide(
        DeployTokenView token, RegistryAction action, Lineage? resource, bool viaRedirect = false, DateTimeOffset? now = null) =>
        TokenPolicy.Decide(new DecisionInput(token, CredentialMatch.Right, true, action, resource, viaRedirect, now ?? Now));

    private static Decision Anonymous(RegistryAction action, Lineage? resource) =>
        TokenPolicy.Decide(DecisionInput.Anonymous(action, resource, viaRedirect: false, Now));

    private static void Refuses(DenyReason reason, DeployTokenView token, RegistryAction action, Lineage resource)
    {
        var decision = Decide(token, action, resource);
        Assert.Equal((false, reason), (decision.Allowed, decision.Reason));
    }
}
