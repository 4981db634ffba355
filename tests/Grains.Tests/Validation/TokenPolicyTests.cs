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
            Token(Api, ScopeNames.All), CredentialMatch.Right, Holder: null, RegistryAction.Authenticate, null, false, Now)).Reason);

    [Fact]
    public void Decide_WhenThereIsNoToken_DeniesWhateverIsSaidToMatch()
    {
        foreach (var match in new[] { CredentialMatch.OtherSecret, CredentialMatch.OtherUsername, CredentialMatch.Right })
        {
            var decision = TokenPolicy.Decide(new DecisionInput(null, match, null, RegistryAction.PullImage, ApiLineage(Visibility.Public), false, Now));
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
    [InlineData(ReadRegistry | WriteRegistry, DenyReason.None)]
    [InlineData(ReadVirtualRegistry | WriteVirtualRegistry, DenyReason.None)]
    [InlineData(ReadRegistry | WriteVirtualRegistry, DenyReason.ScopeMissing)]
    [InlineData(ReadVirtualRegistry | WriteRegistry, DenyReason.ScopeMissing)]
    [InlineData(ReadRegistry | ReadVirtualRegistry | ReadRepository, DenyReason.ScopeMissing)]
    [InlineData(WriteRegistry, DenyReason.ScopeMissing)]
    [InlineData(ReadPackageRegistry | WritePackageRegistry, DenyReason.ScopesOfNoUseHere)]
    public void Decide_AtTheDependencyProxy_NeedsBothScopesOfOneKind(DeployTokenScopes scopes, DenyReason reason)
    {
        Assert.Equal(reason, Decide(Token(Platform, scopes), RegistryAction.UseDependencyProxy, PlatformLineage()).Reason);
        Assert.Equal(reason, Decide(Token(Platform, scopes), RegistryAction.SignInToDependencyProxy, null).Reason);
    }

    [Fact]
    public void Decide_AtTheDependencyProxy_ReachesTheGroupAndThoseBelowIt()
    {
        Assert.True(Decide(Token(Acme, ScopeNames.All), RegistryAction.UseDependencyProxy, PlatformLineage()).Allowed);
        Assert.True(Decide(Token(Acme, ScopeNames.All), RegistryAction.UseDependencyProxy, PlatformLineage(), viaRedirect: true).Allowed);
        Refuses(DenyReason.ResourceOutsideHolder, Token(Platform, ScopeNames.All), RegistryAction.UseDependencyProxy, Lineage([Node(Acme)]));
        Refuses(DenyReason.ResourceOutsideHolder, Token(Sibling, ScopeNames.All), RegistryAction.UseDependencyProxy, PlatformLineage());
        Refuses(DenyReason.ResourceNotFound, Token(Acme, ScopeNames.All), RegistryAction.UseDependencyProxy, ApiLineage());
        Refuses(DenyReason.ResourceNotFound, Token(Acme, ScopeNames.All), RegistryAction.UseDependencyProxy, null);
        Refuses(DenyReason.ResourceNotFound, Token(Acme, ScopeNames.All), RegistryAction.DownloadCode, PlatformLineage());
    }

    [Fact]
    public void Decide_AtTheDependencyProxy_TakesNoTokenOfAProjectAndNobody()
    {
        Refuses(DenyReason.CredentialWrongKind, Token(Api, ScopeNames.All), RegistryAction.SignInToDependencyProxy, null);
        Refuses(DenyReason.CredentialWrongKind, Token(Api, ScopeNames.All), RegistryAction.UseDependencyProxy, PlatformLineage());
        Assert.Equal(DenyReason.CredentialRequired, Anonymous(RegistryAction.UseDependencyProxy, Lineage([Node(Acme, Visibility.Public)])).Reason);
    }

    [Theory]
    [InlineData(SwitchedOff.ContainerRegistry, ReadRegistry | WriteRegistry, RegistryAction.Authenticate, DenyReason.ScopesOfNoUseHere)]
    [InlineData(SwitchedOff.ContainerRegistry, ReadRegistry | WriteRegistry, RegistryAction.SignInToRegistry, DenyReason.ScopesOfNoUseHere)]
    [InlineData(SwitchedOff.ContainerRegistry, ReadRegistry | ReadRepository, RegistryAction.SignInToRegistry, DenyReason.FeatureDisabled)]
    [InlineData(SwitchedOff.ContainerRegistry, ReadRegistry | ReadRepository, RegistryAction.PullImage, DenyReason.FeatureDisabled)]
    [InlineData(SwitchedOff.ContainerRegistry, ReadRegistry | ReadRepository, RegistryAction.DownloadCode, DenyReason.None)]
    [InlineData(SwitchedOff.ContainerRegistry, WritePackageRegistry, RegistryAction.WritePackage, DenyReason.None)]
    [InlineData(SwitchedOff.DependencyProxy, ReadRegistry, RegistryAction.PullImage, DenyReason.None)]
    [InlineData(SwitchedOff.DependencyProxy, ReadVirtualRegistry | WriteVirtualRegistry, RegistryAction.Authenticate, DenyReason.ScopesOfNoUseHere)]
    [InlineData(SwitchedOff.DependencyProxy, ReadRegistry | WriteRegistry, RegistryAction.SignInToDependencyProxy, DenyReason.FeatureDisabled)]
    [InlineData(SwitchedOff.DependencyProxy, ReadRegistry, RegistryAction.SignInToDependencyProxy, DenyReason.FeatureDisabled)]
    public void Decide_WhenSomethingIsSwitchedOff_AllowsItToNobodyAndItsScopesCountForNothing(
        SwitchedOff off, DeployTokenScopes scopes, RegistryAction action, DenyReason reason)
    {
        var input = new DecisionInput(Token(Api, scopes), CredentialMatch.Right, ApiLineage(), action, ApiLineage(), false, Now) { SwitchedOff = off };
        Assert.Equal(reason, TokenPolicy.Decide(input).Reason);
    }

    [Theory]
    [InlineData(SwitchedOff.ContainerRegistry, DenyReason.FeatureDisabled)]
    [InlineData(SwitchedOff.DependencyProxy, DenyReason.None)]
    public void Decide_WithoutCredential_PullsNothingWhereTheRegistryIsSwitchedOff(SwitchedOff off, DenyReason reason)
    {
        var input = DecisionInput.Anonymous(RegistryAction.PullImage, ApiLineage(Visibility.Public), viaRedirect: false, Now);
        Assert.Equal(reason, TokenPolicy.Decide(input with { SwitchedOff = off }).Reason);
    }

    [Theory]
    [InlineData(ReadPackageRegistry, RegistryAction.ReadGroupPackages, DenyReason.None)]
    [InlineData(WritePackageRegistry, RegistryAction.ReadGroupPackages, DenyReason.None)]
    [InlineData(ReadRepository | ReadRegistry | WriteRegistry, RegistryAction.ReadGroupPackages, DenyReason.ScopeMissing)]
    [InlineData(WritePackageRegistry, RegistryAction.WriteGroupPackages, DenyReason.ActionNeverGranted)]
    public void Decide_OfAGroupsPackages_ByTheGroupsOwnToken_AllowsReadingByScope(DeployTokenScopes scope, RegistryAction action, DenyReason reason)
    {
        var decision = Decide(Token(Platform, scope), action, PlatformLineage());
        Assert.Equal((reason, Platform.AsGroup, null), (decision.Reason, decision.Group?.Id, decision.Resource));
    }

    [Fact]
    public void Decide_OfAGroupsPackages_TakesTokensOfExactlyThatGroupUnlessParentsReachIt()
    {
        Refuses(DenyReason.HolderNotThisGroup, Token(Acme, ScopeNames.All), RegistryAction.ReadGroupPackages, PlatformLineage());
        var input = new DecisionInput(
            Token(Acme, ScopeNames.All), CredentialMatch.Right, PlatformLineage(), RegistryAction.ReadGroupPackages, PlatformLineage(), false, Now);
        Assert.True(TokenPolicy.Decide(input with { Settings = Parents }).Allowed);
        foreach (var holder in new[] { Api, Sibling, Project(2) })
        {
            var outside = input with { Token = Token(holder, ScopeNames.All), Holder = Lineage([Node(holder)]), Settings = Parents };
            Assert.Equal(DenyReason.ResourceOutsideHolder, TokenPolicy.Decide(outside).Reason);
        }
    }

    [Fact]
    public void Decide_OfPackages_TakesNoGroupForAProjectNorAProjectForAGroup()
    {
        Refuses(DenyReason.ResourceNotFound, Token(Platform, ScopeNames.All), RegistryAction.ReadPackage, PlatformLineage());
        Refuses(DenyReason.ResourceNotFound, Token(Api, ScopeNames.All), RegistryAction.ReadGroupPackages, ApiLineage());
    }

    [Fact]
    public void Decide_OfAPublicGroupsPackagesAsAWhole_AllowsNobodyWithoutAToken() => Assert.Equal(
        DenyReason.CredentialRequired,
        Anonymous(RegistryAction.ReadGroupPackages, Lineage([Node(Platform, Visibility.Public), Node(Acme, Visibility.Public)])).Reason);

    [Theory]
    [InlineData(Visibility.Public, RegistryAction.ReadPackage, DenyReason.None)]
    [InlineData(Visibility.Internal, RegistryAction.ReadPackage, DenyReason.ResourceOutsideHolder)]
    [InlineData(Visibility.Public, RegistryAction.WritePackage, DenyReason.ResourceOutsideHolder)]
    public void Decide_OfPackagesElsewhere_AllowsReadingWhatIsPublic(Visibility visibility, RegistryAction action, DenyReason reason) =>
        Assert.Equal(reason, Decide(Token(Sibling, ReadRepository), action, ApiLineage(visibility)).Reason);

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
            Token(Api, ScopeNames.All), CredentialMatch.Right, ApiLineage(), action, ApiLineage(visibility), false, Now, settings)).Reason;
    }

    [Fact]
    public void Decide_WhenAnExternalServiceDecides_StillKnowsWhoIsRightAndLetsEverybodyReadWhatIsPublic()
    {
        var settings = Settings(enabled: true, allowed: false);
        var refused = TokenPolicy.Decide(new DecisionInput(
            Token(Api, ScopeNames.All), CredentialMatch.Right, ApiLineage(), RegistryAction.PullImage, ApiLineage(), false, Now, settings));
        Assert.Equal((DenyReason.ExternalAuthorization, 1L), (refused.Reason, refused.Principal?.Token.Value));
        var wrong = TokenPolicy.Decide(new DecisionInput(
            Token(Api, ScopeNames.All), CredentialMatch.OtherSecret, ApiLineage(), RegistryAction.PullImage, ApiLineage(), false, Now, settings));
        Assert.Equal(DenyReason.SecretMismatch, wrong.Reason);
        Assert.True(Anonymous(RegistryAction.PullImage, ApiLineage(Visibility.Public)).Allowed);
    }

    private static DecisionSettings Settings(bool enabled, bool allowed) => DecisionSettings.Of(new ApplicationSettings
    {
        ExternalAuthorizationServiceEnabled = enabled,
        AllowDeployTokensAndKeysWithExternalAuthn = allowed,
    });

    private static readonly DecisionSettings Parents = DecisionSettings.Of(new ApplicationSettings { GroupPackagesOfParents = true });

    private static NamespaceId Group(long id) => new(NamespaceKind.Group, id);

    private static NamespaceId Project(long id) => new(NamespaceKind.Project, id);

    private static LineageNode Node(NamespaceId id, Visibility visibility = Visibility.Private) =>
        new(id, Slug.Parse($"{id.Kind}{id.Value}"), "Name", visibility, Archived: false, 1);

    private static Lineage Lineage(ImmutableArray<LineageNode> nodes) => new(nodes);

    private static Lineage ApiLineage(Visibility visibility = Visibility.Private) =>
        Lineage([Node(Api, visibility), Node(Platform, visibility), Node(Acme, visibility)]);

    private static Lineage PlatformLineage() => Lineage([Node(Platform), Node(Acme)]);

    private static DeployTokenView Token(NamespaceId holder, DeployTokenScopes scopes) =>
        new(new TokenId(1), holder, "name", "user", scopes, Now.AddDays(-1), new OperatorId(1), null, null, 1);

    private static Decision Decide(
        DeployTokenView token, RegistryAction action, Lineage? resource, bool viaRedirect = false, DateTimeOffset? now = null) =>
        TokenPolicy.Decide(new DecisionInput(
            token, CredentialMatch.Right, Lineage([Node(token.Holder)]), action, resource, viaRedirect, now ?? Now));

    private static Decision Anonymous(RegistryAction action, Lineage? resource) =>
        TokenPolicy.Decide(DecisionInput.Anonymous(action, resource, viaRedirect: false, Now));

    private static void Refuses(DenyReason reason, DeployTokenView token, RegistryAction action, Lineage? resource)
    {
        var decision = Decide(token, action, resource);
        Assert.Equal((false, reason), (decision.Allowed, decision.Reason));
    }
}
