using System.Collections.Immutable;
using System.Text.Json.Serialization;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Settings;
using OrleansTokens.Validation;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>A group.</summary>
internal sealed record GroupBody(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("description")] string Description,
    [property: JsonPropertyName("visibility")] string Visibility,
    [property: JsonPropertyName("archived")] bool Archived,
    [property: JsonPropertyName("full_name")] string FullName,
    [property: JsonPropertyName("full_path")] string FullPath,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("parent_id")] long? ParentId,
    [property: JsonPropertyName("web_url")] string WebUrl,
    [property: JsonPropertyName("deploy_token_lease_milliseconds")] long? DeployTokenLeaseMilliseconds,
    [property: JsonPropertyName("avatar_url")] string? AvatarUrl = null)
{
    public static GroupBody Of(NamespaceView view, string address) => new(
        view.Id.Value, view.Name, view.Slug.ToString(), view.Description, VisibilityNames.Of(view.Visibility), view.Archived,
        view.FullName, view.FullPath, view.CreatedAt, view.Parent.IsNone ? null : view.Parent.Value,
        WebAddress.OfGroup(address, view.FullPath), (long?)view.LeaseLength?.TotalMilliseconds);
}

/// <summary>A project.</summary>
internal sealed record ProjectBody(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("description")] string Description,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("name_with_namespace")] string NameWithNamespace,
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("path_with_namespace")] string PathWithNamespace,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("visibility")] string Visibility,
    [property: JsonPropertyName("archived")] bool Archived,
    [property: JsonPropertyName("namespace")] NamespaceBody Namespace,
    [property: JsonPropertyName("repository_access_level")] string RepositoryAccessLevel,
    [property: JsonPropertyName("container_registry_access_level")] string ContainerRegistryAccessLevel,
    [property: JsonPropertyName("package_registry_access_level")] string PackageRegistryAccessLevel,
    [property: JsonPropertyName("web_url")] string WebUrl,
    [property: JsonPropertyName("http_url_to_repo")] string HttpUrlToRepo,
    [property: JsonPropertyName("creator_id")] long CreatorId,
    [property: JsonPropertyName("default_branch")] string? DefaultBranch = null,
    [property: JsonPropertyName("avatar_url")] string? AvatarUrl = null)
{
    public static ProjectBody Of(NamespaceView view, string address) => new(
        view.Id.Value, view.Description, view.Name, view.FullName, view.Slug.ToString(), view.FullPath, view.CreatedAt,
        VisibilityNames.Of(view.Visibility), view.Archived, NamespaceBody.Above(view, address), FeatureParameters.NameOf(view.Features.Repository),
        FeatureParameters.NameOf(view.Features.ContainerRegistry), FeatureParameters.NameOf(view.Features.PackageRegistry),
        WebAddress.OfProject(address, view.FullPath), WebAddress.OfRepository(address, view.FullPath),
        view.CreatedBy.Value);
}

/// <summary>A deploy token. Its secret is in the answer that issues it, and nowhere else.</summary>
internal sealed record DeployTokenBody(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("username")] string Username,
    [property: JsonPropertyName("expires_at")] DateTimeOffset? ExpiresAt,
    [property: JsonPropertyName("scopes")] ImmutableArray<string> Scopes,
    [property: JsonPropertyName("revoked")] bool Revoked,
    [property: JsonPropertyName("expired")] bool Expired,
    [property: JsonPropertyName("token"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Token = null)
{
    public static DeployTokenBody Of(DeployTokenView view, DateTimeOffset now) => new(
        view.Id.Value, view.Name, view.Username, view.ExpiresAt, ScopeNames.Of(view.Scopes), view.Revocation is not null,
        view.IsExpired(now));

    public override string ToString() => $"deploy token {Id}";
}

/// <summary>That every deploy token held at or below a group or project was revoked.</summary>
internal sealed record SubtreeRevocationBody(
    [property: JsonPropertyName("holder")] HolderBody Holder,
    [property: JsonPropertyName("generation")] long Generation,
    [property: JsonPropertyName("revoked_at")] DateTimeOffset RevokedAt,
    [property: JsonPropertyName("reason")] string Reason)
{
    public static SubtreeRevocationBody Of(SubtreeRevocation revocation) =>
        new(HolderBody.Of(revocation.Node), revocation.Generation, revocation.At, revocation.Reason);
}

/// <summary>A decision with what it rests on.</summary>
internal sealed record ExplanationBody(
    [property: JsonPropertyName("allowed")] bool Allowed,
    [property: JsonPropertyName("reason")] string Reason,
    [property: JsonPropertyName("deploy_token")] DeployTokenBody? DeployToken,
    [property: JsonPropertyName("holder")] HolderBody? Holder,
    [property: JsonPropertyName("resource")] ResourceBody? Resource,
    [property: JsonPropertyName("facts")] ImmutableArray<FactBody> Facts)
{
    public static ExplanationBody Of(Explanation explanation, DateTimeOffset now) => new(
        explanation.Decision.Allowed,
        DenyReasonNames.Of(explanation.Decision.Reason),
        explanation.Token is { } token ? DeployTokenBody.Of(token, now) : null,
        explanation.Token is { } held ? HolderBody.Of(held.Holder) : null,
        ResourceBody.Of(explanation.Decision),
        [.. explanation.Facts.Select(fact => new FactBody(fact.Check, fact.Passed, fact.Detail))]);
}

/// <summary>The group or project that a deploy token belongs to.</summary>
internal sealed record HolderBody(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("id")] long Id)
{
    public static HolderBody Of(NamespaceId holder) => new(holder.Kind is NamespaceKind.Group ? "group" : "project", holder.Value);
}

/// <summary>The project or group that an action was aimed at.</summary>
internal sealed record ResourceBody(
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("full_path")] string FullPath)
{
    public static ResourceBody? Of(Decision decision) => decision switch
    {
        { Resource: { } project } => new("project", project.Id.Value, project.FullPath),
        { Group: { } group } => new("group", group.Id.Value, group.FullPath),
        _ => null,
    };
}

/// <summary>One thing that a decision looked at.</summary>
internal sealed record FactBody(
    [property: JsonPropertyName("check")] string Check,
    [property: JsonPropertyName("passed")] bool Passed,
    [property: JsonPropertyName("detail")] string Detail);

/// <summary>A public key with which registries verify.</summary>
internal sealed record SigningKeyBody(
    [property: JsonPropertyName("key_id")] string KeyId,
    [property: JsonPropertyName("algorithm")] string Algorithm,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("signs_from")] DateTimeOffset SignsFrom,
    [property: JsonPropertyName("published_until")] DateTimeOffset? PublishedUntil)
{
    public static SigningKeyBody Of(PublishedKey key) => new(key.KeyId, key.Algorithm, key.CreatedAt, key.SignsFrom, key.PublishedUntil);
}

/// <summary>What is set for the whole installation, under GitLab's names where it has them.</summary>
internal sealed record ApplicationSettingsBody(
    [property: JsonPropertyName("external_authorization_service_enabled")] bool ExternalAuthorizationServiceEnabled,
    [property: JsonPropertyName("allow_deploy_tokens_and_keys_with_external_authn")] bool AllowDeployTokensAndKeysWithExternalAuthn,
    [property: JsonPropertyName("group_packages_of_parents")] bool GroupPackagesOfParents,
    [property: JsonPropertyName("ci_deploy_token_of_ancestors")] bool CiDeployTokenOfAncestors,
    [property: JsonPropertyName("container_registry_token_expire_delay")] int? ContainerRegistryTokenExpireDelay,
    [property: JsonPropertyName("rack_attack_git_basic_auth_enabled")] bool FailureBanEnabled,
    [property: JsonPropertyName("rack_attack_git_basic_auth_maxretry")] int FailureBanMaxRetry,
    [property: JsonPropertyName("rack_attack_git_basic_auth_findtime")] int FailureBanFindTime,
    [property: JsonPropertyName("rack_attack_git_basic_auth_bantime")] int FailureBanBanTime,
    [property: JsonPropertyName("rack_attack_git_basic_auth_ip_whitelist")] string[] FailureBanAllowedSources,
    [property: JsonPropertyName("rack_attack_git_basic_auth_status")] int FailureBanStatus)
{
    public static ApplicationSettingsBody Of(ApplicationSettings settings) => new(
        settings.ExternalAuthorizationServiceEnabled,
        settings.AllowDeployTokensAndKeysWithExternalAuthn,
        settings.GroupPackagesOfParents,
        settings.CiDeployTokenOfAncestors,
        settings.ContainerRegistryTokenExpireDelay,
        settings.FailureBan.Enabled,
        settings.FailureBan.MaxRetry,
        settings.FailureBan.FindTimeSeconds,
        settings.FailureBan.BanTimeSeconds,
        [.. settings.FailureBan.AllowedSources.Select(static range => range.ToString())],
        settings.FailureBan.Status);
}

/// <summary>What answers.</summary>
internal sealed record VersionBody(
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("revision")] string Revision);

/// <summary>What answers, as GitLab's later address has it.</summary>
internal sealed record MetadataBody(
    [property: JsonPropertyName("version")] string Version,
    [property: JsonPropertyName("revision")] string Revision,
    [property: JsonPropertyName("enterprise")] bool Enterprise);
