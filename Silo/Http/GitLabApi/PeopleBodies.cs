using System.Collections.Immutable;
using System.Text.Json.Serialization;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>An operator. What only administrators and the operator itself see is left out for others.</summary>
internal sealed record UserBody(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("username")] string Username,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("locked")] bool Locked,
    [property: JsonPropertyName("avatar_url")] string? AvatarUrl,
    [property: JsonPropertyName("web_url")] string WebUrl)
{
    [JsonPropertyName("created_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? CreatedAt { get; init; }

    [JsonPropertyName("email"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Email { get; init; }

    [JsonPropertyName("is_admin"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IsAdmin { get; init; }

    [JsonPropertyName("namespace_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? NamespaceId { get; init; }

    /// <summary>What everybody sees.</summary>
    public static UserBody Of(OperatorView user, string address) => new(
        user.Id.Value, user.Username, user.Name, StateOf(user), Locked: false, AvatarUrl: null, WebAddress.OfUser(address, user.Username));

    /// <summary>All of it.</summary>
    public static UserBody Whole(OperatorView user, string address) => Of(user, address) with
    {
        CreatedAt = user.CreatedAt,
        Email = user.Email,
        IsAdmin = user.IsAdministrator,
        NamespaceId = user.PersonalNamespace.IsNone ? null : user.PersonalNamespace.Value,
    };

    /// <summary>What a caller sees.</summary>
    public static UserBody For(OperatorPrincipal caller, OperatorView user, string address) =>
        caller.IsAdministrator || caller.Id == user.Id ? Whole(user, address) : Of(user, address);

    public static string StateOf(OperatorView user) => user.IsBlocked ? "blocked" : "active";
}

/// <summary>An operator token. Its secret is in the answer that issues it, and nowhere else.</summary>
internal sealed record PersonalAccessTokenBody(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("revoked")] bool Revoked,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("description")] string? Description,
    [property: JsonPropertyName("scopes")] ImmutableArray<string> Scopes,
    [property: JsonPropertyName("user_id")] long UserId,
    [property: JsonPropertyName("last_used_at")] DateTimeOffset? LastUsedAt,
    [property: JsonPropertyName("active")] bool Active,
    [property: JsonPropertyName("expires_at")] string? ExpiresAt,
    [property: JsonPropertyName("token"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Token = null)
{
    public static PersonalAccessTokenBody Of(OperatorTokenView token, DateTimeOffset now) => new(
        token.Id.Value, token.Name, token.RevokedAt is not null, token.CreatedAt, token.Description is { Length: > 0 } text ? text : null,
        PersonalAccessTokenScopes.Of(token.Scopes),
        token.Operator.Value, LastUsedAt: null, token.IsActive(now), Dates.Of(token.ExpiresAt));

    public override string ToString() => $"operator token {Id}";
}

/// <summary>A member of a group or project.</summary>
internal sealed record MemberBody(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("username")] string Username,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("state")] string State,
    [property: JsonPropertyName("locked")] bool Locked,
    [property: JsonPropertyName("avatar_url")] string? AvatarUrl,
    [property: JsonPropertyName("web_url")] string WebUrl,
    [property: JsonPropertyName("access_level")] int AccessLevel,
    [property: JsonPropertyName("created_at")] DateTimeOffset CreatedAt,
    [property: JsonPropertyName("expires_at")] string? ExpiresAt,
    [property: JsonPropertyName("membership_state")] string MembershipState)
{
    public static MemberBody Of(MemberView member, OperatorView user, string address) => new(
        user.Id.Value, user.Username, user.Name, UserBody.StateOf(user), Locked: false, AvatarUrl: null,
        WebAddress.OfUser(address, user.Username), (int)member.Level, member.CreatedAt, Dates.Of(member.ExpiresAt),
        "active");
}

/// <summary>A group or personal namespace, as something to put projects in.</summary>
internal sealed record NamespaceBody(
    [property: JsonPropertyName("id")] long Id,
    [property: JsonPropertyName("name")] string Name,
    [property: JsonPropertyName("path")] string Path,
    [property: JsonPropertyName("kind")] string Kind,
    [property: JsonPropertyName("full_path")] string FullPath,
    [property: JsonPropertyName("parent_id")] long? ParentId,
    [property: JsonPropertyName("web_url")] string WebUrl,
    [property: JsonPropertyName("avatar_url")] string? AvatarUrl = null)
{
    public static NamespaceBody Of(NamespaceView view, string address) => Of(view.Lineage, address);

    /// <summary>Where a project is: always in a group, so that its lineage has at least two nodes.</summary>
    public static NamespaceBody Above(NamespaceView project, string address) =>
        Of(new Lineage(project.Lineage.Nodes.RemoveAt(0)), address);

    private static NamespaceBody Of(Lineage place, string address) => new(
        place.Node.Id.Value, place.Node.Name, place.Node.Slug.ToString(), place.Node.IsPersonal ? "user" : "group", place.FullPath,
        place.Nodes.Length > 1 ? place.Nodes[1].Id.Value : null,
        place.Node.IsPersonal ? WebAddress.OfUser(address, place.FullPath) : WebAddress.OfGroup(address, place.FullPath));
}
