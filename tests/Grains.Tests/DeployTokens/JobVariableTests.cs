using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;
using OrleansTokens.Settings;

namespace OrleansTokens.Grains.Tests.DeployTokens;

/// <summary>What CI jobs are given (reference §4).</summary>
public sealed class JobVariableTests(Grid grid) : IClassFixture<Grid>
{
    [Fact]
    public async Task Read_WhenTheProjectHasTheToken_GivesItsUsernameAndSecretAndNoOtherName()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        _ = await grid.TokenAsync(project.AsNamespace, name: "Gitlab-Deploy-Token");
        _ = await grid.TokenAsync(project.AsNamespace, name: "gitlab-deploy-token ");
        Assert.Null(await ReadAsync(project));

        var issued = await NamedAsync(project.AsNamespace, username: "ci");
        var given = await ReadAsync(project);

        Assert.Equal((issued.Token.Id, "ci", issued.Secret.Reveal()), (given!.Token, given.Username, given.Secret.Reveal()));
    }

    [Fact]
    public async Task Read_WhenSeveralAreActive_GivesTheLowestIdAndTheProjectsBeforeTheGroups()
    {
        var group = await grid.GroupAsync();
        var project = await grid.ProjectAsync(group);
        var ofGroup = await NamedAsync(group.AsNamespace);
        Assert.Equal(ofGroup.Token.Id, (await ReadAsync(project))!.Token);

        var first = await NamedAsync(project.AsNamespace);
        var second = await NamedAsync(project.AsNamespace);
        Assert.Equal(first.Token.Id, (await ReadAsync(project))!.Token);

        await grid.RevokeAsync(first.Token.Id);
        Assert.Equal(second.Token.Id, (await ReadAsync(project))!.Token);

        await grid.DestroyAsync(second.Token.Id);
        Assert.Equal(ofGroup.Token.Id, (await ReadAsync(project))!.Token);

        await grid.RevokeAsync(ofGroup.Token.Id);
        Assert.Null(await ReadAsync(project));
    }

    [Fact]
    public async Task Read_WhenOnlyAGroupFurtherUpHasTheToken_GivesNone()
    {
        var top = await grid.GroupAsync();
        var project = await grid.ProjectAsync(await grid.GroupAsync(top));
        _ = await NamedAsync(top.AsNamespace);
        Assert.Null(await ReadAsync(project));
    }

    [Fact]
    public async Task Read_WhenASettingSaysSo_GivesTheTokenOfTheNearestGroupAbove()
    {
        await using var own = await Grid.StartAsync();
        var top = await own.GroupAsync();
        var project = await own.ProjectAsync(await own.GroupAsync(top));
        var issued = await own.TokenAsync(top.AsNamespace, name: DeployTokenVariables.Name);

        await own.Administration.ChangeSettingsAsync(new ChangeApplicationSettings { CiDeployTokenOfAncestors = true }, Making.Operator);

        Assert.Equal(issued.Token.Id, (await own.Administration.ReadVariablesAsync(project, Making.Operator))!.Token);
    }

    [Fact]
    public async Task Read_WhenTheTokenHasExpired_GivesNone()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        _ = await grid.TokenAsync(
            project.AsNamespace, name: DeployTokenVariables.Name, expiresAt: grid.Clock.GetUtcNow().AddTicks(-1));
        Assert.Null(await ReadAsync(project));
    }

    [Fact]
    public async Task Read_OfAProjectThatIsNotThere_IsNotFound() => Assert.Equal(
        ErrorCode.NotFound, (await Assert.ThrowsAsync<TokenAuthorityException>(() => ReadAsync(new ProjectId(long.MaxValue)))).Code);

    [Fact]
    public async Task Read_WhateverItGives_IsInTheProjectsAuditWhenItReturns()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        _ = await ReadAsync(project);
        var issued = await NamedAsync(project.AsNamespace);
        _ = await ReadAsync(project);

        var records = (await grid.Administration.ListAuditAsync(project.AsNamespace, 0, 10)).Items;

        Assert.Equal([issued.Token.Id, default], records.Select(static r => r.Token));
        Assert.All(records, static r => Assert.Equal(Making.Operator, r.By));
    }

    [Fact]
    public async Task Read_WhenTheAuditCannotBeWritten_GivesNothing()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        _ = await NamedAsync(project.AsNamespace);
        grid.Faults.FailAll(static step => step is { Kind: StepKind.WriteState, GrainType: "audit" });
        await Making.RefusedAsync(ErrorCode.Unavailable, () => ReadAsync(project));
        grid.Faults.Clear();
        Assert.NotNull(await ReadAsync(project));
    }

    [Fact]
    public async Task Issue_OfTheSpecialName_StoresItsSecretSealedOnly_AndOfOthersNotAtAll()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        var named = await NamedAsync(project.AsNamespace);
        var other = await grid.TokenAsync(project.AsNamespace);

        var (ofNamed, ofOther) = (Stored(named), Stored(other));

        Assert.Contains("\"sealed\"", ofNamed, StringComparison.Ordinal);
        Assert.DoesNotContain(named.Secret.Reveal(), ofNamed, StringComparison.Ordinal);
        Assert.DoesNotContain("\"sealed\"", ofOther, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_WhenASealIsCopiedToAnotherToken_IsUnavailable()
    {
        var project = await grid.ProjectAsync(await grid.GroupAsync());
        var other = await grid.ProjectAsync(await grid.GroupAsync());
        var (own, stolen) = (await NamedAsync(other.AsNamespace), await NamedAsync(project.AsNamespace));
        await grid.DeactivateAllAsync();
        grid.Storage.Overwrite(Grain(own), Stored(own).Replace(Seal(own), Seal(stolen), StringComparison.Ordinal));

        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(() => ReadAsync(other));

        Assert.Equal(ErrorCode.Unavailable, fault.Code);
        Assert.DoesNotContain(stolen.Secret.Reveal(), fault.ToString(), StringComparison.Ordinal);
    }

    private static GrainId Grain(IssuedDeployToken token) => Making.TokenGrain(token.Token.Id);

    private string Stored(IssuedDeployToken token) => grid.Storage.Payload(Grain(token))!;

    private string Seal(IssuedDeployToken token) => Stored(token).Split("\"sealed\":\"")[1].Split('"')[0];

    private Task<DeployTokenVariables?> ReadAsync(ProjectId project) => grid.Administration.ReadVariablesAsync(project, Making.Operator);

    private Task<IssuedDeployToken> NamedAsync(NamespaceId holder, string? username = null) =>
        grid.TokenAsync(holder, username: username, name: DeployTokenVariables.Name);
}
