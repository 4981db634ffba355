using System.Security.Cryptography;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.DeployTokens;

public sealed class DeployTokenGrainTests(Grid grid) : IClassFixture<Grid>
{
    [Fact]
    public async Task Issue_WithDefaults_HasTheDefaultUsernameAndValidates()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        var issued = await grid.TokenAsync(project.AsNamespace);
        Assert.Equal($"gitlab+deploy-token-{issued.Token.Id}", issued.Token.Username);
        Assert.Matches("^gldt-[0-9A-Za-z_-]{20,}$", issued.Secret.Reveal());
        Assert.True((await grid.ValidateAsync(issued, RegistryAction.PullImage, project)).Allowed);
    }

    [Fact]
    public async Task Issue_WhenStored_KeepsADigestAndNotTheSecret()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        var secret = (await grid.TokenAsync(project.AsNamespace)).Secret.Reveal();
        Assert.DoesNotContain(grid.Storage.Payloads("deploy-token"), payload => payload.Contains(secret, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("scopes", 0, null, 1)]
    [InlineData("scopes", 1024, null, 1)]
    [InlineData("username", 1, "with space", 1)]
    [InlineData("username", 1, "naïve", 1)]
    [InlineData("name", 1, null, Limits.MaxNameLength + 1)]
    public async Task Issue_WhenAnArgumentCannotBe_NamesItAndIssuesNothing(string field, int scopes, string? username, int nameLength)
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(() =>
            grid.TokenAsync(project.AsNamespace, (DeployTokenScopes)scopes, username, new string('n', nameLength)));
        Assert.Equal((ErrorCode.InvalidArgument, field), (fault.Code, fault.Field));
        Assert.Empty((await ListAsync(project.AsNamespace)).Items);
    }

    [Fact]
    public async Task Issue_WithTheSameUsernameAndNameTwice_TellsTheTokensApartBySecret()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        var (first, second) = (
            await grid.TokenAsync(project.AsNamespace, username: "ci", name: ""), await grid.TokenAsync(project.AsNamespace, username: "ci", name: ""));
        Assert.Equal(first.Token.Id, (await grid.ValidateAsync(first)).Principal!.Token);
        Assert.Equal(second.Token.Id, (await grid.ValidateAsync(second)).Principal!.Token);
        await grid.RevokeAsync(first.Token.Id);
        Assert.True((await grid.ValidateAsync(second)).Allowed);
    }

    [Theory]
    [InlineData("CI")]
    [InlineData("ci ")]
    [InlineData("")]
    public async Task Validate_WhenTheUsernameDiffers_Denies(string shown)
    {
        var issued = await grid.TokenAsync((await grid.GroupAsync()).AsNamespace, username: "ci");
        var decision = await grid.Validator.ValidateAsync(Credential.WithUsername(shown, issued.Secret), RegistryAction.Authenticate);
        Assert.Equal(DenyReason.UsernameMismatch, decision.Reason);
        Assert.True((await grid.Validator.ValidateAsync(Credential.SecretOnly(issued.Secret), RegistryAction.Authenticate)).Allowed);
    }

    [Fact]
    public async Task Validate_WhenAnotherSecretOfTheSameIdIsShown_Denies()
    {
        var issued = await grid.TokenAsync((await grid.GroupAsync()).AsNamespace);
        var other = TokenFormat.Issue(TokenPrefixes.Default, 0, issued.Token.Id.Value, grid.Ring.TagKeys[0]);
        var decision = await grid.Validator.ValidateAsync(Credential.WithUsername(issued.Token.Username, other), RegistryAction.Authenticate);
        Assert.Equal(DenyReason.SecretMismatch, decision.Reason);
    }

    [Fact]
    public async Task Validate_WhenTheTokenWasNeverIssued_Denies()
    {
        var made = TokenFormat.Issue(TokenPrefixes.Default, 0, 999_999_999, grid.Ring.TagKeys[0]);
        Assert.Equal(
            DenyReason.TokenUnknown, (await grid.Validator.ValidateAsync(Credential.SecretOnly(made), RegistryAction.Authenticate)).Reason);
    }

    [Fact]
    public async Task Validate_WhenSecretsAreForged_CallsNoGrain()
    {
        await grid.ValidateAsync(await grid.TokenAsync((await grid.GroupAsync()).AsNamespace));
        grid.Calls.Clear();
        for (var i = 1; i <= 1000; i++)
        {
            var key = new TagKey(RandomNumberGenerator.GetBytes(TagKey.Length));
            var forged = TokenFormat.Issue(TokenPrefixes.Default, 0, i, key);
            Assert.Equal(
                DenyReason.CredentialForged, (await grid.Validator.ValidateAsync(Credential.SecretOnly(forged), RegistryAction.Authenticate)).Reason);
        }

        Assert.Equal(0, grid.Calls.Total);
    }

    [Fact]
    public async Task Validate_WhenTimePasses_DeniesFromExpiryOn()
    {
        var issued = await grid.TokenAsync((await grid.GroupAsync()).AsNamespace, expiresAt: grid.Clock.Now.AddHours(1));
        grid.Clock.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        Assert.True((await grid.ValidateAsync(issued)).Allowed);
        grid.Clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(DenyReason.TokenExpired, (await grid.ValidateAsync(issued)).Reason);
    }

    [Fact]
    public async Task Revoke_WhenItReturned_EveryValidationIsDenied()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        var issued = await grid.TokenAsync(project.AsNamespace);
        Assert.False((await grid.RevokeAsync(issued.Token.Id, "leaked"))!.AlreadyRevoked);
        var denied = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => grid.ValidateAsync(issued, RegistryAction.PullImage, project)));
        Assert.All(denied, static decision => Assert.Equal(DenyReason.TokenRevoked, decision.Reason));
    }

    [Fact]
    public async Task Revoke_WhenRepeated_KeepsTheFirstRevocation()
    {
        var issued = await grid.TokenAsync((await grid.GroupAsync()).AsNamespace);
        var first = await grid.RevokeAsync(issued.Token.Id, "first");
        grid.Clock.Advance(TimeSpan.FromMinutes(1));
        var second = await grid.RevokeAsync(issued.Token.Id, "second");
        Assert.True(second!.AlreadyRevoked);
        Assert.Equal(first!.Token.Revocation, second.Token.Revocation);
        Assert.Equal("first", second.Token.Revocation!.Reason);
    }

    [Fact]
    public async Task Revoke_WhileTheWriteIsOnItsWay_AllowsNothing()
    {
        var issued = await grid.TokenAsync((await grid.GroupAsync()).AsNamespace);
        var held = grid.Faults.Hold(static step => step is { Kind: StepKind.WriteState, GrainType: "deploy-token" });
        var revoking = grid.RevokeAsync(issued.Token.Id);
        await held.Reached;
        Assert.Equal(ErrorCode.Unavailable, (await Assert.ThrowsAsync<TokenAuthorityException>(() => grid.ValidateAsync(issued))).Code);
        held.Release();
        await revoking;
        Assert.Equal(DenyReason.TokenRevoked, (await grid.ValidateAsync(issued)).Reason);
    }

    [Fact]
    public async Task Destroy_WhenItReturned_TheTokenIsDeadAndShownNowhere()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        var issued = await grid.TokenAsync(project.AsNamespace);
        Assert.True(await grid.DestroyAsync(issued.Token.Id));
        Assert.Equal(DenyReason.TokenUnknown, (await grid.ValidateAsync(issued)).Reason);
        Assert.Null(await grid.Administration.GetTokenAsync(issued.Token.Id));
        Assert.Empty((await ListAsync(project.AsNamespace)).Items);
        Assert.Null(await grid.RevokeAsync(issued.Token.Id));
        Assert.Contains("\"destroyed_by\":7", grid.Storage.Payloads("deploy-token").Single(p => p.Contains("\"status\":2", StringComparison.Ordinal)
            && p.Contains($"\"holder_id\":{project}", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_ByHolderAndActivity_HasExactlyThose()
    {
        var group = await grid.GroupAsync();
        var project = await grid.ProjectAsync(group);
        var (alive, expired, revoked) = (
            await grid.TokenAsync(project.AsNamespace),
            await grid.TokenAsync(project.AsNamespace, expiresAt: grid.Clock.Now),
            await grid.TokenAsync(project.AsNamespace));
        await grid.TokenAsync(group.AsNamespace);
        await grid.RevokeAsync(revoked.Token.Id);
        Assert.Equal([alive.Token.Id, expired.Token.Id, revoked.Token.Id], (await ListAsync(project.AsNamespace)).Items.Select(static t => t.Id));
        var active = await ListAsync(project.AsNamespace, active: true);
        Assert.Equal(alive.Token.Id, Assert.Single(active.Items).Id);
        Assert.Equal(1, active.Total);
    }

    [Fact]
    public async Task Explain_OfTheTokenItself_DecidesAsTheValidationDoes()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        var issued = await grid.TokenAsync(project.AsNamespace, DeployTokenScopes.ReadRegistry);
        foreach (var action in Enum.GetValues<RegistryAction>().Where(static a => a != RegistryAction.None))
        {
            var question = new Question(action, ActionNames.NeedsResource(action) ? Resource.Of(project) : default);
            var explained = await grid.Administration.ExplainTokenAsync(issued.Token.Id, question);
            Assert.Equal(await grid.Validator.ValidateAsync(issued.Credential(), action, question.Resource), explained.Decision);
            Assert.DoesNotContain(explained.Facts, fact => fact.Detail.Contains(issued.Secret.Reveal(), StringComparison.Ordinal));
        }
    }

    private Task<DeployTokenPage> ListAsync(NamespaceId holder, bool active = false) =>
        grid.Administration.ListTokensAsync(new ListDeployTokens(holder, active, 0, 100));
}
