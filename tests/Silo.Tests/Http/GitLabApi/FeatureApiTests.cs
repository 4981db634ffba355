namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

/// <summary>Who may use code, images and packages of a project.</summary>
public sealed class FeatureApiTests(ApiHost host)
{
    [Fact]
    public async Task Changing_WhatIsNamed_LeavesTheOthersAsTheyAre()
    {
        var project = await host.NewProjectAsync(await host.NewGroupAsync(ApiHost.NewName()), ApiHost.NewName());
        Assert.Equal(("enabled", "enabled", "enabled"), Levels(await host.GetAsync($"/projects/{project}")));

        var changed = await host.PutAsync($"/projects/{project}", """{"container_registry_access_level":"disabled"}""");
        Assert.Equal((200, ("enabled", "disabled", "enabled")), (changed.Status, Levels(changed)));

        _ = await host.PutAsync($"/projects/{project}", """{"package_registry_access_level":"public","repository_access_level":"private"}""");
        Assert.Equal(("private", "disabled", "public"), Levels(await host.GetAsync($"/projects/{project}")));
    }

    [Fact]
    public async Task Making_WithLevels_HasThem()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var made = await host.PostAsync(
            "/projects", $$"""{"name":"x","namespace_id":{{group}},"repository_access_level":"disabled"}""");
        Assert.Equal((201, ("disabled", "enabled", "enabled")), (made.Status, Levels(made)));
    }

    [Fact]
    public async Task Changing_ByTheDeprecatedNames_CountsWhereTheLevelIsNotGiven()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName());
        var made = await host.PostAsync(
            "/projects", $$"""{"name":"{{ApiHost.NewName()}}","namespace_id":{{group}},"container_registry_enabled":false,"packages_enabled":"no"}""");
        Assert.Equal((201, ("enabled", "disabled", "disabled")), (made.Status, Levels(made)));

        var project = made.Json["id"];
        Assert.Equal(("enabled", "enabled", "disabled"), Levels(await host.PutAsync($"/projects/{project}", """{"container_registry_enabled":true}""")));
        Assert.Equal(("enabled", "enabled", "enabled"), Levels(await host.PutAsync($"/projects/{project}", """{"packages_enabled":true}""")));
        var both = await host.PutAsync(
            $"/projects/{project}",
            """{"container_registry_enabled":true,"container_registry_access_level":"private","packages_enabled":false,"package_registry_access_level":"public"}""");
        Assert.Equal((200, ("enabled", "private", "public")), (both.Status, Levels(both)));
    }

    [Theory]
    [InlineData("repository_access_level", "public")]
    [InlineData("container_registry_access_level", "public")]
    [InlineData("package_registry_access_level", "everyone")]
    [InlineData("repository_access_level", "")]
    public async Task Changing_ToALevelThatCannotBe_SaysSoAndChangesNothing(string parameter, string level)
    {
        var project = await host.NewProjectAsync(await host.NewGroupAsync(ApiHost.NewName()), ApiHost.NewName());
        var answer = await host.PutAsync($"/projects/{project}", $$"""{"name":"other","{{parameter}}":"{{level}}"}""");
        Assert.Equal((400, $$"""{"error":"{{parameter}} does not have a valid value"}"""), (answer.Status, answer.Body));
        Assert.NotEqual("other", (string?)(await host.GetAsync($"/projects/{project}")).Json["name"]);
    }

    private static (string?, string?, string?) Levels(ApiAnswer project) => (
        (string?)project.Json["repository_access_level"],
        (string?)project.Json["container_registry_access_level"],
        (string?)project.Json["package_registry_access_level"]);
}
