using OrleansTokens.Errors;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Operators;
using OrleansTokens.Settings;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Settings;

/// <summary>Settings are of the whole installation, so each test has a grid of its own.</summary>
public sealed class ApplicationSettingsTests : IAsyncLifetime
{
    private static readonly OperatorId Operator = new(1);

    private Grid _grid = null!;

    public async ValueTask InitializeAsync() => _grid = await Grid.StartAsync();

    public ValueTask DisposeAsync() => _grid.DisposeAsync();

    [Fact]
    public async Task Get_BeforeAnyChange_IsTheDefault()
    {
        var settings = await _grid.Administration.GetSettingsAsync();
        Assert.Equal(ApplicationSettings.Default.ToString(), settings.ToString());
        Assert.False(settings.RefusesDeployTokens);
        Assert.Equal((false, 30, 180, 3600, 403), (
            settings.FailureBan.Enabled, settings.FailureBan.MaxRetry, settings.FailureBan.FindTimeSeconds, settings.FailureBan.BanTimeSeconds,
            settings.FailureBan.Status));
        Assert.Empty(settings.FailureBan.AllowedSources);
    }

    [Fact]
    public async Task Change_OfSomeSettings_LeavesTheOthersAndOutlivesTheActivation()
    {
        Assert.True(AddressRange.TryParse("10.0.0.0/8", out var range));
        await ChangeAsync(new ChangeApplicationSettings
        {
            ExternalAuthorizationServiceEnabled = true,
            GroupPackagesOfParents = true,
            CiDeployTokenOfAncestors = true,
            ContainerRegistryTokenExpireDelay = 15,
            FailureBanEnabled = true,
            FailureBanMaxRetry = 5,
            FailureBanFindTimeSeconds = 60,
            FailureBanBanTimeSeconds = 120,
            FailureBanAllowedSources = [range],
            FailureBanStatus = 429,
        });
        var changed = await ChangeAsync(new ChangeApplicationSettings { AllowDeployTokensAndKeysWithExternalAuthn = true });
        await _grid.DeactivateAllAsync();
        var settings = await _grid.Administration.GetSettingsAsync();
        Assert.Equal(2, settings.Epoch);
        Assert.Equal(changed.FailureBan.AllowedSources, settings.FailureBan.AllowedSources);
        Assert.Equal([range], settings.FailureBan.AllowedSources);
        Assert.Equal(
            (true, true, true, true, 15, true, 5, 60, 120, 429),
            (settings.ExternalAuthorizationServiceEnabled, settings.AllowDeployTokensAndKeysWithExternalAuthn, settings.GroupPackagesOfParents,
                settings.CiDeployTokenOfAncestors, settings.ContainerRegistryTokenExpireDelay!.Value, settings.FailureBan.Enabled,
                settings.FailureBan.MaxRetry, settings.FailureBan.FindTimeSeconds, settings.FailureBan.BanTimeSeconds, settings.FailureBan.Status));
        Assert.False(settings.RefusesDeployTokens);
        var reset = await ChangeAsync(new ChangeApplicationSettings { ContainerRegistryTokenExpireDelay = 0, FailureBanAllowedSources = [] });
        Assert.Null(reset.ContainerRegistryTokenExpireDelay);
        Assert.Empty(reset.FailureBan.AllowedSources);
    }

    public static TheoryData<string, ChangeApplicationSettings> Impossible => new()
    {
        { "container_registry_token_expire_delay", new() { ContainerRegistryTokenExpireDelay = 61 } },
        { "container_registry_token_expire_delay", new() { ContainerRegistryTokenExpireDelay = -1 } },
        { "rack_attack_git_basic_auth_maxretry", new() { FailureBanMaxRetry = 0 } },
        { "rack_attack_git_basic_auth_findtime", new() { FailureBanFindTimeSeconds = Limits.MaxFailureWindowSeconds + 1 } },
        { "rack_attack_git_basic_auth_bantime", new() { FailureBanBanTimeSeconds = 0 } },
        { "rack_attack_git_basic_auth_ip_whitelist", new() { FailureBanAllowedSources = [default] } },
        { "rack_attack_git_basic_auth_status", new() { FailureBanStatus = 200 } },
    };

    [Theory]
    [MemberData(nameof(Impossible))]
    public async Task Change_WhenASettingCannotBe_NamesItAndChangesNothing(string setting, ChangeApplicationSettings change)
    {
        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(() => ChangeAsync(change with { GroupPackagesOfParents = true }));
        Assert.Equal((ErrorCode.InvalidArgument, setting), (fault.Code, fault.Field));
        Assert.Equal(0, (await _grid.Administration.GetSettingsAsync()).Epoch);
    }

    [Theory]
    [InlineData(FaultMode.NotApplied)]
    [InlineData(FaultMode.Applied)]
    public async Task Change_WhenItCannotBeStored_IsUnavailableAndCanBeRepeated(FaultMode mode)
    {
        _grid.Faults.FailAll(static step => step is { GrainType: "application-settings", Kind: StepKind.WriteState }, mode);
        var change = new ChangeApplicationSettings { ExternalAuthorizationServiceEnabled = true };
        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(() => ChangeAsync(change));
        Assert.Equal(ErrorCode.Unavailable, fault.Code);
        _grid.Faults.Clear();
        await Patience.UntilAsync(async () => await Outcome.OfAsync(() => ChangeAsync(change)) is null, "the change was made after all");
        Assert.True((await _grid.Administration.GetSettingsAsync()).RefusesDeployTokens);
    }

    [Fact]
    public async Task Change_OfExternalAuthorization_HoldsForEveryValidationThatBeginsAfterIt()
    {
        var project = await _grid.ProjectAsync(await _grid.GroupAsync());
        var issued = await _grid.TokenAsync(project.AsNamespace);
        for (var i = 0; i < 20; i++)
        {
            await ChangeAsync(new ChangeApplicationSettings { ExternalAuthorizationServiceEnabled = true });
            Assert.Equal(DenyReason.ExternalAuthorization, await ReasonAsync());
            await ChangeAsync(new ChangeApplicationSettings { AllowDeployTokensAndKeysWithExternalAuthn = true });
            Assert.Equal(DenyReason.None, await ReasonAsync());
            await ChangeAsync(new ChangeApplicationSettings
            {
                ExternalAuthorizationServiceEnabled = false,
                AllowDeployTokensAndKeysWithExternalAuthn = false,
            });
            Assert.Equal(DenyReason.None, await ReasonAsync());
        }

        async Task<DenyReason> ReasonAsync() => (await _grid.ValidateAsync(issued, RegistryAction.PullImage, project)).Reason;
    }

    private Task<ApplicationSettings> ChangeAsync(ChangeApplicationSettings change) => _grid.Administration.ChangeSettingsAsync(change, Operator);
}
