using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.ForwardAuth.Packages;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth.Packages;

public sealed class PackageAnswersTests
{
    private static readonly Decision Allowed = new(true, DenyReason.None, null, null);

    [Theory]
    [InlineData(DenyReason.ResourceNotFound, 403, "not_found", 403, null)]
    [InlineData(DenyReason.ResourceOutsideHolder, 403, "not_found", 403, null)]
    [InlineData(DenyReason.HolderNotThisGroup, 403, "not_found", 403, null)]
    [InlineData(DenyReason.ScopeMissing, 403, "not_found", 403, null)]
    [InlineData(DenyReason.ActionNeverGranted, 403, "not_found", 403, null)]
    [InlineData(DenyReason.ResourceArchived, 403, "not_found", 403, null)]
    [InlineData(DenyReason.FeatureDisabled, 403, "not_found", 403, null)]
    [InlineData(DenyReason.None, 503, "unavailable", 503, "unavailable")]
    [InlineData(DenyReason.ScopesOfNoUseHere, 503, "unavailable", 503, "unavailable")]
    [InlineData((DenyReason)999, 503, "unavailable", 503, "unavailable")]
    public void Answer_ToATokenThatMayNotWrite_DependsOnWhetherItMayRead(
        DenyReason deny, int status, string? reason, int statusOfReader, string? reasonOfReader)
    {
        var neither = PackageAnswers.To(Request("npm", false), [Decision.Deny(deny), Decision.Deny(deny)]);
        var reader = PackageAnswers.To(Request("npm", false), [Decision.Deny(deny), Allowed]);

        Assert.Equal((status, reason), (neither!.Status, neither.Reason));
        Assert.Equal((statusOfReader, reasonOfReader), (reader!.Status, reader.Reason));
    }

    [Theory]
    [InlineData(DenyReason.CredentialMalformed)]
    [InlineData(DenyReason.CredentialForged)]
    [InlineData(DenyReason.CredentialRequired)]
    [InlineData(DenyReason.TokenUnknown)]
    [InlineData(DenyReason.TokenRevoked)]
    [InlineData(DenyReason.TokenExpired)]
    [InlineData(DenyReason.HolderGone)]
    [InlineData(DenyReason.SecretMismatch)]
    [InlineData(DenyReason.UsernameMismatch)]
    [InlineData(DenyReason.ExternalAuthorization)]
    public void Answer_ToACredentialThatIsNone_IsLeftToWhatNobodyMay(DenyReason deny) =>
        Assert.Null(PackageAnswers.To(Request("npm", false), [Decision.Deny(deny)]));

    [Fact]
    public void Answer_ToAnyDecision_AllowsOnlyWhatWasAllowedWithoutAReason()
    {
        foreach (var deny in Enum.GetValues<DenyReason>())
        {
            foreach (var allowed in new[] { false, true })
            {
                // What may be read never makes a write allowed.
                var answer = PackageAnswers.To(Request("generic", false), [new Decision(allowed, deny, null, null), Allowed]);

                Assert.Equal(allowed && deny == DenyReason.None, answer?.Status == 200);
                Assert.True(answer?.Status is null or 200 or 403 or 503);
                Assert.Equal(answer?.Status == 200, answer?.Granted is not null);
            }
        }
    }

    [Theory]
    [InlineData(DeployTokenScopes.ReadPackageRegistry, null)]
    [InlineData(DeployTokenScopes.WritePackageRegistry, null)]
    [InlineData(DeployTokenScopes.ReadRepository | DeployTokenScopes.ReadRegistry, "not_found")]
    public void Answer_WherePackagesAreSwitchedOff_HidesTheProjectFromWhoCannotSeeIt(DeployTokenScopes scopes, string? reason)
    {
        var principal = new Principal(new TokenId(1), new NamespaceId(NamespaceKind.Project, 1), "u", scopes);
        var answer = PackageAnswers.To(Request("npm", false), [new Decision(false, DenyReason.FeatureDisabled, principal, null)]);

        Assert.Equal((403, reason), (answer!.Status, answer.Reason));
    }

    [Theory]
    [InlineData(DenyReason.ResourceOutsideHolder)]
    [InlineData(DenyReason.ScopeMissing)]
    [InlineData(DenyReason.FeatureDisabled)]
    [InlineData(DenyReason.ResourceArchived)]
    public void Answer_AboutAPublicProject_DoesNotHideIt(DenyReason deny)
    {
        var answer = PackageAnswers.To(Request("npm", false), [Decision.Deny(deny) with { ResourceIsPublic = true }]);

        Assert.Equal((403, null, "{\"message\":\"403 Forbidden\"}"), (answer!.Status, answer.Reason, answer.Body));
    }

    [Theory]
    [InlineData("generic", false, "{\"message\":\"404 Project Not Found\"}")]
    [InlineData("nuget", true, "{\"message\":\"404 Group Not Found\"}")]
    [InlineData("npm", false, "{\"message\":\"404 Project Not Found\",\"error\":\"404 Project Not Found\"}")]
    [InlineData("npm", true, "{\"message\":\"404 Group Not Found\",\"error\":\"404 Group Not Found\"}")]
    public void Answer_ThatNothingIsThere_IsInTheWordsOfTheFormat(string format, bool isGroup, string body)
    {
        var answer = PackageAnswers.To(Request(format, isGroup), [Decision.Deny(DenyReason.ResourceNotFound)]);

        Assert.Equal((body, "application/json"), (answer!.Body, answer.ContentType));
    }

    [Fact]
    public void Answer_ToNobody_AsksForBasic() => Assert.Equal(
        (401, "Basic realm=\"GitLab Packages Registry\"", "{\"message\":\"401 Unauthorized\"}", "application/json"),
        (PackageAnswers.NotAuthenticated.Status, PackageAnswers.NotAuthenticated.Challenge, PackageAnswers.NotAuthenticated.Body,
            PackageAnswers.NotAuthenticated.ContentType));

    private static PackageRequest Request(string format, bool isGroup) => new(
        new PackageAddress(
            PackageFormat.Find(format)!,
            isGroup ? PackageLevels.Group : PackageLevels.Project,
            isGroup ? Resource.Of(new GroupId(1)) : Resource.Of(new ProjectId(1)),
            []),
        Writes: true);
}
