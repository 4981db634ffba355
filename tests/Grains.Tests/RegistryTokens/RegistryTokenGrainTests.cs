using System.Text.Json;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

/// <summary>One silo with one tree for all tests here, none of which changes what another looks at.</summary>
public sealed class RegistryTree : IAsyncLifetime
{
    internal RegistryGrid Grid { get; private set; } = null!;

    internal GroupId Acme { get; private set; }

    internal ProjectId Api { get; private set; }

    internal ProjectId Open { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Grid = await RegistryGrid.StartAsync();
        Acme = await Grid.CreateGroupAsync("Acme");
        Api = await Grid.CreateProjectAsync(Acme, "API");
        var archived = await Grid.CreateProjectAsync(Acme, "old");
        await Grid.Grains.GetGrain<IProjectGrain>(archived.Value)
            .ChangeAsync(new ChangeNamespace(null, null, null, null, true, RegistryGrid.Operator));
        var open = await Grid.CreateGroupAsync("open", Visibility.Public);
        Open = await Grid.CreateProjectAsync(open, "lib", Visibility.Public);
        await Grid.CreateProjectAsync(await Grid.CreateGroupAsync("other"), "secret");
    }

    public ValueTask DisposeAsync() => Grid.DisposeAsync();
}

public sealed class RegistryTokenGrainTests(RegistryTree tree) : IClassFixture<RegistryTree>
{
    private const DeployTokenScopes Read = DeployTokenScopes.ReadRegistry;
    private const DeployTokenScopes Write = DeployTokenScopes.WriteRegistry;

    private RegistryGrid Grid => tree.Grid;

    [Fact]
    public async Task Issue_WithoutScopes_SignsInWithNothingGranted()
    {
        var answer = await Grid.IssueAsync(await CredentialAsync(Read));

        Assert.True(answer.SignIn.Allowed);
        Assert.Equal(300, answer.LifetimeSeconds);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), answer.IssuedAt);
        Assert.Equal("[]", await AccessAsync(answer));
    }

    [Theory]
    [InlineData(Read, "pull,push,delete,*", "pull")]
    [InlineData(Write, "pull,push,delete,*", "push")]
    [InlineData(Read | Write, "push,pull", "push,pull")]
    [InlineData(Read | Write, "delete,*,foo", "")]
    [InlineData(Write, "pull", "")]
    public async Task Issue_ForAProject_GrantsWhatTheTokenMayDoInTheOrderRequested(DeployTokenScopes scopes, string asked, string granted)
    {
        var answer = await Grid.IssueAsync(await CredentialAsync(scopes), Scope("acme/api/worker", asked));

        var actions = JsonSerializer.Serialize(granted.Split(',', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(
            granted.Length == 0
                ? "[]"
                : $$$"""[{"type":"repository","name":"acme/api/worker","actions":{{{actions}}},"meta":{"project_path":"acme/api","project_id":{{{tree.Api}}},"root_namespace_id":{{{tree.Acme}}}}}]""",
            await AccessAsync(answer));
    }

    [Fact]
    public async Task Issue_ForSeveralRepositories_LeavesOutWhatIsNotGranted()
    {
        var answer = await Grid.IssueAsync(
            await CredentialAsync(Read | Write),
            Scope("acme/api", "pull,push"),
            Scope("other/secret", "pull,push"),
            Scope("acme/nothing", "pull"),
            Scope("open/lib", "pull,push"),
            Scope("acme/old", "pull,push"),
            Scope("acme", "pull"),
            Scope("acme/api/__x", "pull"));

        Assert.Equal(
            ["acme/api:pull,push", "open/lib:pull", "acme/old:pull", "acme/api/__x:pull"], Granted(await Grid.ReadAsync(answer)));
    }

    [Theory]
    [InlineData("acme/api/../../other/secret")]
    [InlineData("acme/api/%2e%2e/secret")]
    [InlineData("other/secret/../../acme/api")]
    public async Task Issue_ForANameThatLeadsElsewhere_GrantsNothing(string name) =>
        Assert.Equal("[]", await AccessAsync(await Grid.IssueAsync(await CredentialAsync(Read), Scope(name, "pull"))));

    [Fact]
    public async Task Issue_ForANameWithMoreSegmentsThanPathsHave_GrantsIt()
    {
        var name = "acme/api/" + string.Join('/', Enumerable.Repeat("x", 30));

        var answer = await Grid.IssueAsync(await CredentialAsync(Read), Scope(name, "pull"));

        Assert.Equal([name + ":pull"], Granted(await Grid.ReadAsync(answer)));
    }

    [Fact]
    public async Task Issue_ForAToken_SaysWhoItIs()
    {
        var issued = await Grid.IssueTokenAsync(tree.Api.AsNamespace, Read);
        var answer = await Grid.IssueAsync(Credential.WithUsername(issued.Token.Username, issued.Secret));

        var jwt = await Grid.ReadAsync(answer);

        var nested = await Grid.ReadAsync(answer with { Token = jwt.Claims.GetProperty("user").GetString() });
        var user = nested.Claims.GetProperty("user_info");
        Assert.Equal(issued.Token.Id.Value, user.GetProperty("deploy_token_id").GetInt64());
        Assert.Equal(issued.Token.Username, user.GetProperty("username").GetString());
        Assert.Equal("deploy_token", jwt.Claims.GetProperty("auth_type").GetString());
    }

    [Fact]
    public async Task Issue_WithoutAScopeForRegistries_RefusesToSignIn() =>
        await AssertRefusedAsync(DenyReason.ScopeMissing, await CredentialAsync(DeployTokenScopes.ReadRepository));

    [Fact]
    public async Task Issue_WithPackageScopesOnly_RefusesToSignIn() =>
        await AssertRefusedAsync(DenyReason.ScopesOfNoUseHere, await CredentialAsync(DeployTokenScopes.ReadPackageRegistry));

    [Fact]
    public async Task Issue_WithAnotherUsername_RefusesToSignIn()
    {
        var issued = await Grid.IssueTokenAsync(tree.Acme.AsNamespace, Read);

        await AssertRefusedAsync(DenyReason.UsernameMismatch, Credential.WithUsername("somebody", issued.Secret));
    }

    [Fact]
    public async Task Issue_WithARevokedToken_RefusesToSignIn()
    {
        var issued = await Grid.IssueTokenAsync(tree.Acme.AsNamespace, Read);
        await Grid.Grains.GetGrain<IDeployTokenAdministrationGrain>(issued.Token.Id.Value).RevokeAsync(RegistryGrid.Operator, "");

        await AssertRefusedAsync(DenyReason.TokenRevoked, Credential.WithUsername(issued.Token.Username, issued.Secret));
    }

    [Theory]
    [InlineData("gldt-AQD__wOgoaKjpKWmp6ipqqusra6vsLEBAgMEBQY", DenyReason.TokenUnknown)]
    [InlineData("gldt-AQIBoKGio6SlpqeoqaqrrK2ur7Cx3qBi3eG=", DenyReason.TokenUnknown)]
    [InlineData("gldt-AgABoKGio6SlpqeoqaqrrK2ur7Cx3qBi3eGb", DenyReason.CredentialMalformed)]
    [InlineData("password", DenyReason.TokenUnknown)]
    public async Task Issue_WithWhatIsNoTokenOfOurs_RefusesToSignIn(string secret, DenyReason reason)
    {
        Assert.True(Secret.TryCreate(secret, out var made));
        await AssertRefusedAsync(reason, Credential.WithUsername("somebody", made));
    }

    [Fact]
    public async Task Issue_ForNobody_GrantsPullingWhatIsPublicOnly()
    {
        var answer = await Grid.IssueAsync(null, Scope("open/lib/x", "push,pull"), Scope("acme/api", "pull"), Scope("open/none", "pull"));

        Assert.True(answer.SignIn.Allowed);
        var jwt = await Grid.ReadAsync(answer);
        Assert.Equal(["open/lib/x:pull"], Granted(jwt));
        Assert.Equal(tree.Open.Value, jwt.Claims.GetProperty("access")[0].GetProperty("meta").GetProperty("project_id").GetInt64());
        Assert.Equal("none", jwt.Claims.GetProperty("auth_type").GetString());
        Assert.False(jwt.Claims.TryGetProperty("user", out _));
    }

    [Theory]
    [InlineData("acme/api", "pull")]
    [InlineData("open/lib", "push")]
    [InlineData("open/lib", "delete")]
    [InlineData("open", "pull")]
    [InlineData("nothing/here", "pull")]
    public async Task Issue_ForNobodyWhenNothingIsGranted_RequiresACredential(string name, string actions) =>
        await AssertRefusedAsync(DenyReason.CredentialRequired, null, Scope(name, actions));

    [Fact]
    public async Task Issue_ForNobodyWithoutScopes_RequiresACredential() => await AssertRefusedAsync(DenyReason.CredentialRequired, null);

    [Fact]
    public async Task Issue_WithTooManyScopes_NamesThem()
    {
        var most = Enumerable.Range(0, Limits.MaxRegistryScopes).Select(static _ => Scope("acme/api", "pull,push")).ToArray();
        Assert.Equal(most.Length, Granted(await Grid.ReadAsync(await Grid.IssueAsync(await CredentialAsync(Read), most))).Count());

        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(() => Grid.IssueAsync(null, [.. most, most[0]]));

        Assert.Equal((ErrorCode.InvalidArgument, "scope"), (fault.Code, fault.Field));
    }

    private static RepositoryScope Scope(string name, string actions) => new(name, [.. actions.Split(',')]);

    private static IEnumerable<string> Granted(JwtReader jwt) => jwt.Claims.GetProperty("access").EnumerateArray().Select(static e =>
        e.GetProperty("name").GetString() + ":" + string.Join(',', e.GetProperty("actions").EnumerateArray().Select(static a => a.GetString())));

    private async Task<string> AccessAsync(RegistryTokenAnswer answer) =>
        (await Grid.ReadAsync(answer)).Claims.GetProperty("access").GetRawText();

    private async Task<Credential> CredentialAsync(DeployTokenScopes scopes)
    {
        var issued = await Grid.IssueTokenAsync(tree.Acme.AsNamespace, scopes);
        return Credential.WithUsername(issued.Token.Username, issued.Secret);
    }

    private async Task AssertRefusedAsync(DenyReason reason, Credential? credential, params RepositoryScope[] scopes)
    {
        var answer = await Grid.IssueAsync(credential, scopes);

        Assert.Equal((false, reason, null, 0), (answer.SignIn.Allowed, answer.SignIn.Reason, answer.Token, answer.LifetimeSeconds));
    }
}
