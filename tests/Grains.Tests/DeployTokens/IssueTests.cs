using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.DeployTokens;

public sealed class IssueTests(Grid grid) : GridTest(grid)
{
    [Fact]
    public async Task Issue_OfAValidRequest_SaysWhatWasAskedForAndASecretThatValidates()
    {
        var group = await Grid.GroupAsync();
        var expires = Grid.Clock.Now.AddDays(30);
        var issued = await Grid.TokenAsync(group.AsNamespace, ScopeNames.All, "deployer", "ci", expires);
        var token = issued.Token;
        Assert.Equal((group.AsNamespace, "ci", "deployer", ScopeNames.All), (token.Holder, token.Name, token.Username, token.Scopes));
        Assert.Equal((Grid.Clock.Now, Making.Operator, expires, null), (token.CreatedAt, token.CreatedBy, token.ExpiresAt, token.Revocation));
        Assert.Matches("^gldt-[0-9A-Za-z_-]{20,}$", issued.Secret.Reveal());
        var decision = await Grid.ValidateAsync(issued);
        var principal = new Principal(token.Id, token.Holder, "deployer", ScopeNames.All)
        {
            IssuedAt = token.CreatedAt,
            ExpiresAt = token.ExpiresAt,
        };
        Assert.Equal(principal, decision.Principal);
        Assert.True(decision.Allowed);
        await Grid.DeactivateAllAsync();
        Assert.Equal(token, await Grid.Administration.GetTokenAsync(token.Id));
        Assert.Equal(decision, await Grid.ValidateAsync(issued));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public async Task Issue_WithoutUsername_UsesOneMadeOfTheId(string? username)
    {
        var issued = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace, username: username);
        Assert.Equal($"gitlab+deploy-token-{issued.Token.Id.Value}", issued.Token.Username);
        Assert.True((await Grid.ValidateAsync(issued)).Allowed);
    }

    [Fact]
    public async Task Issue_WithUsernameAndNameOfAnother_MakesTokensThatTheirSecretsTellApart()
    {
        var (one, two) = (await Grid.GroupAsync(), await Grid.GroupAsync());
        var first = await Grid.TokenAsync(one.AsNamespace, username: "same");
        var second = await Grid.TokenAsync(two.AsNamespace, username: "same");
        Assert.NotEqual(first.Token.Id, second.Token.Id);
        Assert.Equal(one.AsNamespace, (await Grid.ValidateAsync(first)).Principal!.Holder);
        Assert.Equal(two.AsNamespace, (await Grid.ValidateAsync(second)).Principal!.Holder);
    }

    [Fact]
    public async Task Issue_WithTheDefaultUsernameOfAnotherToken_IsNotTakenForThatOne()
    {
        var group = await Grid.GroupAsync();
        var first = await Grid.TokenAsync(group.AsNamespace);
        var second = await Grid.TokenAsync(group.AsNamespace, username: first.Token.Username);
        Assert.Equal(second.Token.Id, (await Grid.ValidateAsync(second)).Principal!.Token);
        Assert.Equal(first.Token.Id, (await Grid.ValidateAsync(first)).Principal!.Token);
    }

    [Fact]
    public async Task Issue_WithAnEmptyName_IsAllowed()
    {
        var issued = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace, name: "");
        Assert.Equal("", (await Grid.Administration.GetTokenAsync(issued.Token.Id))!.Name);
    }

    [Fact]
    public async Task Issue_WithNameAndUsernameAtTheirLongest_IsAllowed()
    {
        var longest = new string('x', Limits.MaxNameLength);
        Assert.True((await Grid.ValidateAsync(await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace, name: longest, username: longest))).Allowed);
    }

    [Fact]
    public async Task Issue_WithEveryCharacterAUsernameMayHave_IsAllowed()
    {
        var issued = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace, username: "azAZ09_-+.");
        Assert.True((await Grid.ValidateAsync(issued)).Allowed);
    }

    [Fact]
    public async Task Issue_WithATextTooLong_NamesIt()
    {
        var holder = (await Grid.GroupAsync()).AsNamespace;
        var tooLong = new string('x', Limits.MaxNameLength + 1);
        await Making.RefusedAsync(ErrorCode.InvalidArgument, () => Grid.TokenAsync(holder, name: tooLong), "name");
        await Making.RefusedAsync(ErrorCode.InvalidArgument, () => Grid.TokenAsync(holder, username: tooLong), "username");
    }

    [Fact]
    public async Task Issue_WhenSeveralArgumentsCannotBe_NamesAllOfThemInOrder()
    {
        var holder = (await Grid.GroupAsync()).AsNamespace;
        var tooLong = new string(' ', Limits.MaxNameLength + 1);
        var fault = await Making.RefusedAsync(
            ErrorCode.InvalidArgument, () => Grid.TokenAsync(holder, DeployTokenScopes.None, username: tooLong, name: tooLong), "scopes");
        Assert.Equal("can't be blank", fault.Message);
        Assert.Equal(["scopes", "name", "username", "username"], fault.Faults.Select(static f => f.Field));
        Assert.Equal(4, fault.Faults.Select(static f => (f.Field, f.Message)).Distinct().Count());
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a@b")]
    [InlineData("ä")]
    [InlineData("a\n")]
    [InlineData("a/b")]
    [InlineData(" ")]
    [InlineData("\0")]
    public async Task Issue_WithAUsernameOfOtherCharacters_NamesIt(string username)
    {
        var holder = (await Grid.GroupAsync()).AsNamespace;
        var fault = await Making.RefusedAsync(
            ErrorCode.InvalidArgument, () => Grid.TokenAsync(holder, username: username), "username");
        Assert.Equal("can contain only letters, digits, '_', '-', '+', and '.'", fault.Message);
    }

    [Theory]
    [InlineData(DeployTokenScopes.None)]
    [InlineData((DeployTokenScopes)128)]
    [InlineData((DeployTokenScopes)129)]
    [InlineData((DeployTokenScopes)(-1))]
    public async Task Issue_WithoutScopesOrWithUnknownOnes_NamesThem(DeployTokenScopes scopes)
    {
        var holder = (await Grid.GroupAsync()).AsNamespace;
        await Making.RefusedAsync(ErrorCode.InvalidArgument, () => Grid.TokenAsync(holder, scopes), "scopes");
    }

    [Fact]
    public async Task Issue_ForNoHolder_NamesIt() =>
        await Making.RefusedAsync(ErrorCode.InvalidArgument, () => Grid.TokenAsync(default), "holder");

    [Fact]
    public async Task Issue_ForAHolderThatIsNotThere_IsNotFound()
    {
        var project = await Grid.ProjectAsync(await Grid.GroupAsync());
        await Grid.DeleteAsync(project.AsNamespace);
        await Making.RefusedAsync(ErrorCode.NotFound, () => Grid.TokenAsync(project.AsNamespace));
        await Making.RefusedAsync(ErrorCode.NotFound, () => Grid.TokenAsync(new NamespaceId(NamespaceKind.Group, 987_654)));
        await Making.RefusedAsync(ErrorCode.NotFound, () => Grid.TokenAsync(new NamespaceId(NamespaceKind.Project, -1)));
    }

    [Fact]
    public async Task Issue_WithAnExpiryThatIsPast_IsAllowedAndOfNoUse()
    {
        var issued = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace, expiresAt: new DateTimeOffset(1988, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(DenyReason.TokenExpired, (await Grid.ValidateAsync(issued)).Reason);
    }

    [Fact]
    public async Task Issue_WhenTheHolderHasHeldAsManyAsItCan_ExceedsTheLimit()
    {
        var group = await Grid.GroupAsync();
        var id = Making.NodeGrain(group.AsNamespace);
        await Grid.TokenAsync(group.AsNamespace);
        await Grid.DeactivateAllAsync();
        var full = Grid.Storage.Payload(id)!.Replace("\"count\":1", $"\"count\":{Limits.MaxTokensPerHolder}", StringComparison.Ordinal);
        Assert.Contains($"{Limits.MaxTokensPerHolder}", full, StringComparison.Ordinal);
        Grid.Storage.Overwrite(id, full);
        await Making.RefusedAsync(ErrorCode.LimitExceeded, () => Grid.TokenAsync(group.AsNamespace));
    }

    [Fact]
    public async Task Issue_UnderAnIdThatHasAToken_IsAConflict()
    {
        var issued = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace);
        var again = new IssueDeployToken(issued.Token.Holder, "t", null, Making.Registry, null, Making.Operator);
        var grain = Grid.Grains.GetGrain<IDeployTokenAdministrationGrain>(issued.Token.Id.Value);
        await Making.RefusedAsync(ErrorCode.Conflict, () => grain.IssueAsync(again));
        Assert.True((await Grid.ValidateAsync(issued)).Allowed);
    }

    [Fact]
    public async Task Issue_OfManyAtOnce_GivesEachAnIdAndASecretOfItsOwn()
    {
        var group = await Grid.GroupAsync();
        var issued = await Task.WhenAll(Enumerable.Range(0, 250).Select(_ => Grid.TokenAsync(group.AsNamespace)));
        Assert.Equal(250, issued.Select(static i => i.Token.Id).Distinct().Count());
        Assert.Equal(250, issued.Select(static i => i.Secret.Reveal()).Distinct().Count());
        Assert.All(await Task.WhenAll(issued.Select(i => Grid.ValidateAsync(i))), static d => Assert.True(d.Allowed));
        var listed = await Grid.Administration.ListTokensAsync(new ListDeployTokens(group.AsNamespace, false, 200, 100));
        Assert.Equal((50, 250), (listed.Items.Length, listed.Total));
    }

    [Fact]
    public async Task Issue_Always_StoresADigestAndNothingThatTheSecretFollowsFrom()
    {
        var issued = await Grid.TokenAsync((await Grid.GroupAsync()).AsNamespace);
        var text = issued.Secret.Reveal();
        var stored = Grid.Storage.Payload(Making.TokenGrain(issued.Token.Id))!;
        Assert.Contains("\"digest\"", stored, StringComparison.Ordinal);
        Assert.DoesNotContain(text[^16..], stored, StringComparison.Ordinal);
        Assert.DoesNotContain(text[5..21], stored, StringComparison.Ordinal);
        Assert.Equal("[secret]", issued.Secret.ToString());
    }
}
