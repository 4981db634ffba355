using System.Collections.Immutable;
using System.Security.Cryptography;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Grains.Tests.Keys;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Validation;

public sealed class ValidateTests(Grid grid) : GridTest(grid)
{
    private static readonly TagKey Key = KeySamples.One.TagKey;

    [Theory]
    [InlineData("deployer", DenyReason.None)]
    [InlineData("Deployer", DenyReason.UsernameMismatch)]
    [InlineData("deployer ", DenyReason.UsernameMismatch)]
    [InlineData("", DenyReason.UsernameMismatch)]
    [InlineData(null, DenyReason.UsernameMismatch)]
    public async Task Validate_WhenASurfaceChecksUsernames_TakesTheExactOneOnly(string? username, DenyReason reason)
    {
        var issued = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace, username: "deployer");
        var decision = await Grid.Validator.ValidateAsync(Credential.WithUsername(username, issued.Secret), RegistryAction.Authenticate);
        Assert.Equal(reason, decision.Reason);
    }

    [Fact]
    public async Task Validate_WhenATokenHasItsOwnUsername_DoesNotTakeTheDefaultOne()
    {
        var issued = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace, username: "deployer");
        var credential = Credential.WithUsername($"gitlab+deploy-token-{issued.Token.Id.Value}", issued.Secret);
        Assert.Equal(DenyReason.UsernameMismatch, (await Grid.Validator.ValidateAsync(credential, RegistryAction.Authenticate)).Reason);
    }

    [Fact]
    public async Task Validate_WhenASurfaceChecksNoUsername_TakesTheSecretAlone()
    {
        var issued = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace, username: "deployer");
        Assert.True((await Grid.Validator.ValidateAsync(Credential.SecretOnly(issued.Secret), RegistryAction.Authenticate)).Allowed);
    }

    [Fact]
    public async Task Validate_WithATagThatIsRightAndASecretThatIsNot_Denies()
    {
        var issued = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace);
        var forged = TokenFormat.Issue(TokenPrefixes.Default, 0, issued.Token.Id.Value, Key);
        Assert.Equal(DenyReason.SecretMismatch, await ReasonAsync(forged, issued.Token.Username));
        Assert.Equal(DenyReason.TokenUnknown, await ReasonAsync(TokenFormat.Issue(TokenPrefixes.Default, 0, 987_654, Key), "x"));
        Assert.Equal(DenyReason.TokenUnknown, await ReasonAsync(TokenFormat.Issue(TokenPrefixes.Default, 0, long.MaxValue, Key), "x"));
    }

    [Fact]
    public async Task Validate_WithTheSecretOfAnotherRegion_Denies()
    {
        var issued = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace);
        var elsewhere = TokenFormat.Issue(TokenPrefixes.Default, 3, issued.Token.Id.Value, Key);
        Assert.Equal(DenyReason.SecretMismatch, await ReasonAsync(elsewhere, issued.Token.Username));
    }

    [Fact]
    public async Task Validate_OfSecretsThatThisAuthorityDidNotMake_CallsNoGrain()
    {
        var issued = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace);
        await Grid.ValidateAsync(issued); // The gate has its keys.
        Grid.Calls.Clear();
        var text = issued.Secret.Reveal();
        for (var i = 0; i < 1000; i++)
        {
            var at = 6 + RandomNumberGenerator.GetInt32(text.Length - 6);
            var wrong = (i % 5) switch
            {
                0 => TokenFormat.Issue(TokenPrefixes.Default, 0, i + 1, new TagKey(RandomNumberGenerator.GetBytes(TagKey.Length))), // forged
                1 => Making.Secret(text.Remove(at, 1)), // mistyped
                2 => Making.Secret(text[..at] + (text[at] == 'x' ? 'y' : 'x') + text[(at + 1)..]),
                3 => Making.Secret("glpat-" + RandomNumberGenerator.GetHexString(20)), // foreign
                _ => Making.Secret("gldt-" + RandomNumberGenerator.GetHexString(20)),
            };
            Assert.Contains(
                await ReasonAsync(wrong, issued.Token.Username),
                new[] { DenyReason.CredentialForged, DenyReason.CredentialMalformed, DenyReason.TokenUnknown });
        }

        Assert.Equal(0, Grid.Calls.Total);
        Assert.True((await Grid.ValidateAsync(issued)).Allowed);
        Assert.NotEqual(0, Grid.Calls.Total);
    }

    [Fact]
    public async Task Validate_WhenNothingMayBeKept_AsksTheTokenTheProjectAndItsGroupsOnce()
    {
        var top = await Grid.GroupAsync();
        var project = await Grid.ProjectAsync(await Grid.GroupAsync(top));
        var issued = await Grid.TokenAsync(top.AsNamespace);
        await Grid.ValidateAsync(issued, RegistryAction.PullImage, project);
        Grid.Calls.Clear();
        await Grid.ValidateAsync(issued, RegistryAction.PullImage, project);
        Assert.Equal(
            ["IApplicationSettingsGrain.ConfirmAsync=1", "IDeployTokenGrain.ValidateAsync=1", "INamespaceGrain.ConfirmLineageAsync=3"],
            Grid.Calls.Calls.Select(static c => $"{c.Key}={c.Value}"));
    }

    [Fact]
    public async Task Validate_OfWhatIsWrongOrDead_AsksTheTokenAlone()
    {
        var project = await Grid.ProjectAsync(await Grid.GroupAsync());
        var issued = await Grid.TokenAsync(project.AsNamespace);
        var wrong = TokenFormat.Issue(TokenPrefixes.Default, 0, issued.Token.Id.Value, Key);
        await Grid.ValidateAsync(issued, RegistryAction.PullImage, project);
        Grid.Calls.Clear();
        ImmutableArray<Question> questions =
            [new Question(RegistryAction.Authenticate, default), new Question(RegistryAction.PullImage, Resource.Of(project))];
        var refused = await Grid.Validator.ValidateAllAsync(Credential.WithUsername(issued.Token.Username, wrong), questions);
        Assert.Equal([DenyReason.SecretMismatch, DenyReason.SecretMismatch], refused.Select(static d => d.Reason));
        var other = await Grid.Validator.ValidateAllAsync(Credential.WithUsername("somebody", issued.Secret), questions);
        Assert.Equal([DenyReason.UsernameMismatch, DenyReason.UsernameMismatch], other.Select(static d => d.Reason));
        Assert.Equal(["IDeployTokenGrain.ValidateAsync=2"], Grid.Calls.Calls.Select(static c => $"{c.Key}={c.Value}"));
        await Grid.RevokeAsync(issued.Token.Id);
        Grid.Calls.Clear();
        Assert.Equal(DenyReason.TokenRevoked, (await Grid.ValidateAsync(issued, RegistryAction.PullImage, project)).Reason);
        Assert.Equal(["IDeployTokenGrain.ValidateAsync=1"], Grid.Calls.Calls.Select(static c => $"{c.Key}={c.Value}"));
    }

    [Fact]
    public async Task Validate_AsTimeGoesOn_AllowsUntilExpiresAtAndNotAtIt()
    {
        var end = Grid.Clock.Now.AddDays(1);
        var issued = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace, expiresAt: end);
        Grid.Clock.Advance(TimeSpan.FromDays(1) - TimeSpan.FromTicks(1));
        Assert.True((await Grid.ValidateAsync(issued)).Allowed);
        Grid.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(DenyReason.TokenExpired, (await Grid.ValidateAsync(issued)).Reason);
        await Grid.DeactivateAllAsync();
        Assert.Equal(DenyReason.TokenExpired, (await Grid.ValidateAsync(issued)).Reason);
    }

    [Fact]
    public async Task Validate_WhenTheHolderWasDeleted_DeniesAtOnce()
    {
        var project = await Grid.ProjectAsync(await Grid.GroupAsync());
        var issued = await Grid.TokenAsync(project.AsNamespace);
        await DiesWithAsync(project.AsNamespace, issued);
    }

    [Fact]
    public async Task Validate_WhenAGroupFarAboveTheHolderWasDeleted_DeniesAtOnce()
    {
        var top = await Grid.GroupAsync();
        var project = await Grid.ProjectAsync(await Grid.GroupAsync(await Grid.GroupAsync(top)));
        var issued = await Grid.TokenAsync(project.AsNamespace);
        await DiesWithAsync(top.AsNamespace, issued);
    }

    [Fact]
    public async Task ValidateAll_OfManyQuestions_AnswersEachInItsPlace()
    {
        var group = await Grid.GroupAsync();
        var (inside, outside) = (await Grid.ProjectAsync(group), await Grid.ProjectAsync(await Grid.GroupAsync()));
        var issued = await Grid.TokenAsync(group.AsNamespace, DeployTokenScopes.ReadRegistry);
        var answers = await Grid.Validator.ValidateAllAsync(
            issued.Credential(),
            [
                new Question(RegistryAction.PullImage, Resource.Of(inside)),
                new Question(RegistryAction.PushImage, Resource.Of(inside)),
                new Question(RegistryAction.PullImage, Resource.Of(outside)),
                new Question(RegistryAction.PullImage, default),
                new Question(RegistryAction.Authenticate, default),
            ]);
        Assert.Equal(
            [DenyReason.None, DenyReason.ScopeMissing, DenyReason.ResourceOutsideHolder, DenyReason.ResourceNotFound, DenyReason.None],
            answers.Select(static a => a.Reason));
        var most = Enumerable.Repeat(new Question(RegistryAction.Authenticate, default), Limits.MaxQuestions);
        Assert.Equal(Limits.MaxQuestions, (await Grid.Validator.ValidateAllAsync(issued.Credential(), [.. most])).Length);
    }

    [Fact]
    public async Task Validate_OfAnImage_FindsTheProjectByTheLongestPrefix()
    {
        var (g, p) = (Making.Fresh("g"), Making.Fresh("p"));
        var group = await Grid.GroupAsync(slug: g);
        var project = await Grid.ProjectAsync(group, p);
        var issued = await Grid.TokenAsync(group.AsNamespace);
        foreach (var path in new[] { $"{g}/{p}", $"{g}/{p}/worker", $"{g}/{p}/a/b/c" })
        {
            var decision = await Grid.Validator.ValidateAsync(issued.Credential(), RegistryAction.PullImage, Resource.Within(Making.Path(path)));
            Assert.Equal((DenyReason.None, project, group), (decision.Reason, decision.Resource?.Id, decision.Resource?.Root));
            Assert.Equal($"{g}/{p}", decision.Resource!.FullPath);
        }

        foreach (var path in new[] { g, $"{g}/{p}-2", $"{p}/{g}" })
        {
            var decision = await Grid.Validator.ValidateAsync(issued.Credential(), RegistryAction.PullImage, Resource.Within(Making.Path(path)));
            Assert.Equal(DenyReason.ResourceNotFound, decision.Reason);
        }

        var exact = Resource.At(Making.Path($"{g}/{p}/worker"));
        Assert.Equal(DenyReason.ResourceNotFound, (await Grid.Validator.ValidateAsync(issued.Credential(), RegistryAction.DownloadCode, exact)).Reason);
    }

    [Fact]
    public async Task Validate_OfAGroupsPackages_FindsTheGroupByIdOrPath()
    {
        var (g, p) = (Making.Fresh("g"), Making.Fresh("p"));
        var group = await Grid.GroupAsync(slug: g);
        var project = await Grid.ProjectAsync(group, p);
        var issued = await Grid.TokenAsync(group.AsNamespace, DeployTokenScopes.ReadPackageRegistry);
        foreach (var resource in new[] { Resource.Of(group), Resource.GroupAt(Making.Path(g)) })
        {
            var decision = await Grid.Validator.ValidateAsync(issued.Credential(), RegistryAction.ReadGroupPackages, resource);
            Assert.Equal((DenyReason.None, new LocatedGroup(group, g), null), (decision.Reason, decision.Group, decision.Resource));
            Assert.Equal(DenyReason.CredentialRequired, (await Grid.Validator.ValidateAnonymousAsync(RegistryAction.ReadGroupPackages, resource)).Reason);
        }

        Resource[] elsewhere =
            [Resource.Of(project), Resource.At(Making.Path(g)), Resource.GroupAt(Making.Path($"{g}/{p}")), Resource.Of(new GroupId(987_654)), default];
        foreach (var resource in elsewhere)
        {
            var decision = await Grid.Validator.ValidateAsync(issued.Credential(), RegistryAction.ReadGroupPackages, resource);
            Assert.Equal(DenyReason.ResourceNotFound, decision.Reason);
        }

        Assert.True((await Grid.Validator.ValidateAsync(issued.Credential(), RegistryAction.ReadPackage, Resource.Of(project))).Allowed);
    }

    [Fact]
    public async Task ValidateAnonymous_OfAProject_GoesByWhatIsPublicNow()
    {
        var project = await Grid.ProjectAsync(await Grid.GroupAsync(visibility: Visibility.Public), visibility: Visibility.Public);
        var resource = Resource.Of(project);
        Assert.True((await Grid.Validator.ValidateAnonymousAsync(RegistryAction.PullImage, resource)).Allowed);
        Assert.False((await Grid.Validator.ValidateAnonymousAsync(RegistryAction.PushImage, resource)).Allowed);
        await Grid.Administration.ChangeNamespaceAsync(project.AsNamespace, Making.Change(visibility: Visibility.Internal));
        Assert.Equal(DenyReason.CredentialRequired, (await Grid.Validator.ValidateAnonymousAsync(RegistryAction.PullImage, resource)).Reason);
    }

    private async Task DiesWithAsync(NamespaceId node, IssuedDeployToken issued)
    {
        Assert.True((await Grid.ValidateAsync(issued)).Allowed);
        Grid.Faults.FailAll(static s => s is { GrainType: "deploy-token", Kind: StepKind.WriteState }); // It cannot be put away; it is dead.
        Assert.True(await Grid.DeleteAsync(node));
        for (var i = 0; i < 20; i++)
        {
            // While one tries to destroy it, nothing is said about it.
            var outcome = await Outcome.OfAsync(() => Grid.ValidateAsync(issued));
            Assert.True(outcome is "HolderGone" or "Unavailable", outcome);
            Assert.Null(await Grid.Administration.GetTokenAsync(issued.Token.Id));
        }

        Grid.Faults.Clear();
        await Grid.DeactivateAllAsync();
        await Patience.UntilAsync(
            async () => await Outcome.OfAsync(() => Grid.ValidateAsync(issued)) == "TokenUnknown", "the token was put away after all");
    }

    private async Task<DenyReason> ReasonAsync(Secret secret, string username) =>
        (await Grid.Validator.ValidateAsync(Credential.WithUsername(username, secret), RegistryAction.Authenticate)).Reason;
}
