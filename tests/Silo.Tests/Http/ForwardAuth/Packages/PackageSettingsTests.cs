using System.Text;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Settings;

namespace OrleansTokens.Silo.Tests.Http.ForwardAuth.Packages;

/// <summary>What the settings of the installation change about packages. A grid of its own: they are for all of it.</summary>
public sealed class PackageSettingsTests(GridFixture grid) : IClassFixture<GridFixture>
{
    private static readonly OperatorId Operator = new(1);

    [Fact]
    public async Task GroupPackages_WhenParentsReachThem_TakeTokensOfGroupsAboveToo()
    {
        var top = await grid.GroupAsync("parents");
        var sub = (await grid.Administration.CreateGroupAsync(new CreateNamespace(top, Slug.Parse("sub"), "sub", "", Visibility.Private, Operator))).Id.AsGroup;
        var other = Basic(await TokenAsync((await grid.GroupAsync("parents-other")).AsNamespace));
        var ofTop = Basic(await TokenAsync(top.AsNamespace));
        const string Target = "/groups/parents%2Fsub/-/packages/nuget/index.json";

        Assert.Equal("not_found", (await AskAsync("GET", Target, ofTop))["X-Auth-Reason"]);
        await ChangeAsync(new ChangeApplicationSettings { GroupPackagesOfParents = true });
        Assert.Equal((200, "parents/sub"), ((await AskAsync("GET", Target, ofTop)).Status, (await AskAsync("GET", Target, ofTop))["X-Auth-Group"]));
        Assert.Equal(403, (await AskAsync("PUT", Target, ofTop)).Status);
        Assert.Equal("not_found", (await AskAsync("GET", Target, other))["X-Auth-Reason"]);
        Assert.Equal("not_found", (await AskAsync("GET", "/groups/parents/-/packages/nuget/index.json", Basic(await TokenAsync(sub.AsNamespace))))["X-Auth-Reason"]);
        await ChangeAsync(new ChangeApplicationSettings { GroupPackagesOfParents = false });
        Assert.Equal("not_found", (await AskAsync("GET", Target, ofTop))["X-Auth-Reason"]);
    }

    [Fact]
    public async Task Token_WhenAnExternalServiceDecides_CountsForNothingOnPathBAndIsWrongOnPathC()
    {
        var group = await grid.GroupAsync("external", Visibility.Public);
        _ = await grid.ProjectAsync(group, "open", Visibility.Public);
        _ = await grid.ProjectAsync(group, "closed");
        var token = Basic(await TokenAsync(group.AsNamespace));
        const string Npm = "/packages/npm/x";
        const string Debian = "/packages/debian/dists/x";
        await ChangeAsync(new ChangeApplicationSettings { ExternalAuthorizationServiceEnabled = true });

        Assert.Equal(401, (await AskAsync("GET", "/projects/external%2Fclosed" + Npm, token)).Status);
        var open = await AskAsync("GET", "/projects/external%2Fopen" + Npm, token);
        Assert.Equal((200, "(anonymous)"), (open.Status, open["X-Auth-User"]));
        Assert.Equal(401, (await AskAsync("PUT", "/projects/external%2Fopen" + Npm, token)).Status);
        Assert.Equal(401, (await AskAsync("GET", "/projects/external%2Fclosed" + Debian, token)).Status);
        Assert.Equal(401, (await AskAsync("GET", "/projects/external%2Fopen" + Debian, token)).Status);
        Assert.Equal(200, (await AskAsync("GET", "/projects/external%2Fopen" + Debian)).Status);

        await ChangeAsync(new ChangeApplicationSettings { AllowDeployTokensAndKeysWithExternalAuthn = true });
        Assert.Equal(200, (await AskAsync("PUT", "/projects/external%2Fclosed" + Npm, token)).Status);
        Assert.Equal(200, (await AskAsync("GET", "/projects/external%2Fclosed" + Debian, token)).Status);
        await ChangeAsync(new ChangeApplicationSettings
        {
            ExternalAuthorizationServiceEnabled = false,
            AllowDeployTokensAndKeysWithExternalAuthn = false,
        });
    }

    [Fact]
    public async Task Packages_WhenSwitchedOffOrOpenedInAProject_FollowThatSwitch()
    {
        var group = await grid.GroupAsync("switch");
        var project = await grid.ProjectAsync(group, "app");
        var token = Basic(await TokenAsync(group.AsNamespace));
        const string Target = "/projects/switch%2Fapp/packages/generic/a/1/f";

        await SwitchAsync(project, FeatureAccess.Disabled);
        var off = await AskAsync("GET", Target, token);
        Assert.Equal((403, null, "{\"message\":\"403 Forbidden\"}"), (off.Status, off["X-Auth-Reason"], off.Body));
        Assert.Equal(401, (await AskAsync("GET", Target)).Status);
        await SwitchAsync(project, FeatureAccess.Public);
        Assert.Equal(200, (await AskAsync("GET", Target)).Status);
        Assert.Equal(401, (await AskAsync("PUT", Target)).Status);
        await SwitchAsync(project, FeatureAccess.Enabled);
        Assert.Equal(401, (await AskAsync("GET", Target)).Status);
        Assert.Equal(200, (await AskAsync("PUT", Target, token)).Status);
    }

    [Theory]
    [InlineData(FeatureAccess.Private)]
    [InlineData(FeatureAccess.Disabled)]
    public async Task Packages_OfAPublicProjectThatAreNotPublic_AreForbiddenAndNotHidden(FeatureAccess access)
    {
        var path = $"seen-{access}".ToLowerInvariant();
        var project = await grid.ProjectAsync(await grid.GroupAsync(path, Visibility.Public), "app", Visibility.Public);
        var other = (await grid.GroupAsync(path + "-other")).AsNamespace;
        await SwitchAsync(project, access);
        string[] tokens =
        [
            Basic(await TokenAsync(other)),
            Basic(await grid.TokenAsync(other, DeployTokenScopes.ReadPackageRegistry)),
            Basic(await grid.TokenAsync(project.AsNamespace, DeployTokenScopes.ReadRepository)),
        ];
        foreach (var token in tokens)
        {
            foreach (var method in new[] { "GET", "PUT" })
            {
                var answer = await AskAsync(method, $"/projects/{path}%2Fapp/packages/generic/a/1/f", token);
                Assert.Equal((403, null, "{\"message\":\"403 Forbidden\"}"), (answer.Status, answer["X-Auth-Reason"], answer.Body));
            }
        }

        Assert.Equal(401, (await AskAsync("GET", $"/projects/{path}%2Fapp/packages/generic/a/1/f")).Status);
    }

    private Task<NamespaceView> SwitchAsync(ProjectId project, FeatureAccess access) => grid.Administration.ChangeNamespaceAsync(
        project.AsNamespace,
        new ChangeNamespace(null, null, null, null, null, Operator, new ChangeFeatures(null, null, access)));

    private Task<ApplicationSettings> ChangeAsync(ChangeApplicationSettings change) => grid.Administration.ChangeSettingsAsync(change, Operator);

    private Task<IssuedDeployToken> TokenAsync(NamespaceId holder) => grid.TokenAsync(holder, DeployTokenScopes.WritePackageRegistry);

    private Task<RawAnswer> AskAsync(string method, string target, params string[] headers) => RawHttp.SendAsync(
        grid.Server, "GET", "/forward-auth", [$"X-Original-URI: /api/v4{target}", $"X-Original-Method: {method}", .. headers]);

    private static string Basic(IssuedDeployToken token) =>
        "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{token.Token.Username}:{token.Secret.Reveal()}"));
}
