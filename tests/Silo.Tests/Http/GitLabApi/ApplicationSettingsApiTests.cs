using System.Text.Json.Nodes;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

/// <summary>Settings are of the whole installation, so these tests have one of their own.</summary>
public sealed class ApplicationSettingsApiTests : IAsyncLifetime
{
    private const string Path = "/application/settings";

    private readonly ApiHost _host = new();

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Put_OfSomeSettings_ChangesThemAndIgnoresTheUnknown()
    {
        var before = await _host.GetAsync(Path);
        Assert.Equal(
            """
            {"external_authorization_service_enabled":false,"allow_deploy_tokens_and_keys_with_external_authn":false,"group_packages_of_parents":false,"ci_deploy_token_of_ancestors":false,"container_registry_token_expire_delay":null,"rack_attack_git_basic_auth_enabled":false,"rack_attack_git_basic_auth_maxretry":30,"rack_attack_git_basic_auth_findtime":180,"rack_attack_git_basic_auth_bantime":3600,"rack_attack_git_basic_auth_ip_whitelist":[],"rack_attack_git_basic_auth_status":403}
            """,
            before.Body);

        var changed = await _host.PutAsync(
            Path,
            """
            {"external_authorization_service_enabled":true,"group_packages_of_parents":"true","container_registry_token_expire_delay":10,
            "rack_attack_git_basic_auth_ip_whitelist":["10.1.2.3/8","::1"],"rack_attack_git_basic_auth_status":429,"signup_enabled":false}
            """);

        var expected = before.Json;
        expected["external_authorization_service_enabled"] = true;
        expected["group_packages_of_parents"] = true;
        expected["container_registry_token_expire_delay"] = 10;
        expected["rack_attack_git_basic_auth_ip_whitelist"] = new JsonArray("10.0.0.0/8", "::1/128");
        expected["rack_attack_git_basic_auth_status"] = 429;
        Assert.Equal((200, expected.ToJsonString()), (changed.Status, changed.Body));
        Assert.Equal(changed.Body, (await _host.GetAsync(Path)).Body);

        var cleared = await _host.PutAsync(
            Path, """{"container_registry_token_expire_delay":0,"rack_attack_git_basic_auth_ip_whitelist":""}""");
        expected["container_registry_token_expire_delay"] = null;
        expected["rack_attack_git_basic_auth_ip_whitelist"] = new JsonArray();
        Assert.Equal(expected.ToJsonString(), cleared.Body);
    }

    [Fact]
    public async Task Put_WhenSettingsCannotBe_NamesAllOfThemAndChangesNothing()
    {
        var before = await _host.GetAsync(Path);

        var refused = await _host.PutAsync(
            Path,
            """
            {"external_authorization_service_enabled":"maybe","container_registry_token_expire_delay":61,"rack_attack_git_basic_auth_enabled":true,
            "rack_attack_git_basic_auth_maxretry":0,"rack_attack_git_basic_auth_findtime":86401,"rack_attack_git_basic_auth_bantime":"long",
            "rack_attack_git_basic_auth_ip_whitelist":["10.0.0.0/33"],"rack_attack_git_basic_auth_status":404}
            """);

        Assert.Equal(400, refused.Status);
        Assert.Equal(
            "external_authorization_service_enabled is invalid, container_registry_token_expire_delay does not have a valid value, "
            + "rack_attack_git_basic_auth_maxretry does not have a valid value, rack_attack_git_basic_auth_findtime does not have a valid value, "
            + "rack_attack_git_basic_auth_bantime is invalid, rack_attack_git_basic_auth_ip_whitelist does not have a valid value, "
            + "rack_attack_git_basic_auth_status does not have a valid value",
            (string?)refused.Json["error"]);
        Assert.Equal(before.Body, (await _host.GetAsync(Path)).Body);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Settings_OfWhoIsNoAdministrator_AreNotShownNorChanged(string? credential)
    {
        Assert.Equal(401, (await _host.GetAsync(Path, credential)).Status);
        Assert.Equal(401, (await _host.PutAsync(Path, """{"group_packages_of_parents":true}""", credential)).Status);
        Assert.False((bool)(await _host.GetAsync(Path)).Json["group_packages_of_parents"]!);
    }
}
