using System.Globalization;
using OrleansTokens.Settings;
using OrleansTokens.Silo.Http.Abuse;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>What administrators set while the process runs: <c>/api/v4/application/settings</c>.</summary>
internal static class ApplicationSettingsEndpoints
{
    private const string Noun = "Application settings";
    private const string Path = "/application/settings";

    private static readonly BooleanParameter ExternalAuthorization = new(
        "external_authorization_service_enabled",
        "Whether an external service decides who may see which project. It does not know deploy tokens: they are refused.");

    private static readonly BooleanParameter AllowWithExternalAuthorization = new(
        "allow_deploy_tokens_and_keys_with_external_authn", "Whether deploy tokens are accepted all the same.");

    private static readonly BooleanParameter ParentPackages = new(
        "group_packages_of_parents",
        "Whether a group's token is accepted by the group-level package addresses of groups below it.");

    private static readonly BooleanParameter CiTokenOfAncestors = new(
        "ci_deploy_token_of_ancestors",
        "Whether a gitlab-deploy-token of any group above a project is handed to its jobs, and not only one of its direct group.");

    private static readonly IntegerParameter ExpireDelay = new(
        "container_registry_token_expire_delay", "Minutes that registry tokens live. 0: as configured by Grid:Jwt:Lifetime.")
    {
        Minimum = 0,
        Maximum = Limits.MaxRegistryTokenMinutes,
    };

    private static readonly BooleanParameter BanEnabled = new(
        "rack_attack_git_basic_auth_enabled", "Whether sources of too many failed attempts are banned from git and /jwt/auth.");

    private static readonly IntegerParameter MaxRetry =
        new("rack_attack_git_basic_auth_maxretry", "The failure that leads to a ban.") { Minimum = 1, Maximum = Limits.MaxFailuresBeforeBan };

    private static readonly IntegerParameter FindTime = new("rack_attack_git_basic_auth_findtime", "Seconds within which failures count together.")
    {
        Minimum = 1,
        Maximum = Limits.MaxFailureWindowSeconds,
    };

    private static readonly IntegerParameter BanTime =
        new("rack_attack_git_basic_auth_bantime", "Seconds that a ban lasts.") { Minimum = 1, Maximum = Limits.MaxBanSeconds };

    private static readonly AddressRangeListParameter AllowedSources = new(
        "rack_attack_git_basic_auth_ip_whitelist",
        $"Addresses, or ranges in CIDR notation, that are never banned; at most {Limits.MaxAllowedSources}.")
    {
        Maximum = Limits.MaxAllowedSources,
    };

    private static readonly ChoiceParameter Status = new("rack_attack_git_basic_auth_status", "The HTTP status that the banned get.", "403", "429");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperation(
            new(HttpMethod.Get, Path, "getApplicationSettings", "What is set for the whole installation")
            {
                Noun = Noun,
                Caller = Caller.Administrator,
                Answer = typeof(ApplicationSettingsBody),
            },
            async call => call.Answer(ApplicationSettingsBody.Of(await call.Authority.GetSettingsAsync(call.Aborted))));
        routes.MapOperation(
            new(HttpMethod.Put, Path, "updateApplicationSettings", "Change what is set for the whole installation")
            {
                Noun = Noun,
                Description = "What is not sent stays as it is. When the answer arrives, every validation that begins goes by the change.",
                Caller = Caller.Administrator,
                Parameters =
                [
                    ExternalAuthorization, AllowWithExternalAuthorization, ParentPackages, CiTokenOfAncestors, ExpireDelay, BanEnabled, MaxRetry,
                    FindTime, BanTime, AllowedSources, Status,
                ],
                Answer = typeof(ApplicationSettingsBody),
            },
            ChangeAsync);
    }

    private static async Task<IResult> ChangeAsync(ApiCall call)
    {
        var sent = call.Arguments;
        var change = new ChangeApplicationSettings
        {
            ExternalAuthorizationServiceEnabled = sent.FindValue(ExternalAuthorization),
            AllowDeployTokensAndKeysWithExternalAuthn = sent.FindValue(AllowWithExternalAuthorization),
            GroupPackagesOfParents = sent.FindValue(ParentPackages),
            CiDeployTokenOfAncestors = sent.FindValue(CiTokenOfAncestors),
            ContainerRegistryTokenExpireDelay = (int?)sent.FindValue(ExpireDelay),
            FailureBanEnabled = sent.FindValue(BanEnabled),
            FailureBanMaxRetry = (int?)sent.FindValue(MaxRetry),
            FailureBanFindTimeSeconds = (int?)sent.FindValue(FindTime),
            FailureBanBanTimeSeconds = (int?)sent.FindValue(BanTime),
            FailureBanAllowedSources = sent.Find(AllowedSources) is { } ranges ? [.. ranges] : null,
            FailureBanStatus = sent.Find(Status) is { } status ? int.Parse(status, CultureInfo.InvariantCulture) : null,
        };
        var changed = await call.Authority.ChangeSettingsAsync(change, call.Caller.Id, call.Aborted);
        call.Http.RequestServices.GetRequiredService<EdgeSettings>().Take(changed);
        return call.Answer(ApplicationSettingsBody.Of(changed));
    }
}
