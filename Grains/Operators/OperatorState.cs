using System.Collections.Immutable;
using OrleansTokens.Grains.Index;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Operators;

/// <summary>Where in its life an operator is. Numbers are stored.</summary>
internal enum OperatorStatus
{
    /// <summary>Its id was never used, or what was begun with it was taken back.</summary>
    None = 0,

    /// <summary>Begun: its username is not yet known to be its own, and it does not exist for anybody.</summary>
    Creating = 1,

    /// <summary>It exists.</summary>
    Active = 2,
}

/// <summary>The state of an operator.</summary>
internal sealed record OperatorState : IDurable
{
    public OperatorStatus Status { get; init; }

    public string Username { get; init; } = "";

    public string Name { get; init; } = "";

    public string Email { get; init; } = "";

    public bool IsAdministrator { get; init; }

    public bool IsBlocked { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public long CreatedBy { get; init; }

    /// <summary>The group that is the personal namespace; 0 before there is one.</summary>
    public long PersonalGroup { get; init; }

    /// <summary>The personal namespace is being made: it may not exist.</summary>
    public bool PersonalGroupPending { get; init; }

    /// <summary>The username that is being taken; null where none is. The personal namespace may go by it already.</summary>
    public string? NewUsername { get; init; }

    public ImmutableArray<StoredOperatorToken> Tokens { get => field.IsDefault ? [] : field; init; } = [];

    public long Epoch { get; init; }

    public string? Fault()
    {
        if (!Enum.IsDefined(Status))
        {
            return "an unknown status";
        }

        if (Epoch < 0 || PersonalGroup < 0 || Tokens.Any(static t => t.Id < 1))
        {
            return "a number that cannot be";
        }

        return Status is OperatorStatus.None || Slug.TryParse(Username, out _) ? null : "no username";
    }

    public OperatorView View(OperatorId id) => new(
        id, Username, Name, Email, IsAdministrator, IsBlocked, CreatedAt, new GroupId(PersonalGroupPending ? 0 : PersonalGroup));

    /// <summary>The operator as the index knows it.</summary>
    public OperatorRow Row(OperatorId id) => new(
        id.Value, Username, Name, Email, IsAdministrator, IsBlocked, Deleted: Status is not OperatorStatus.Active, Math.Max(Epoch, 1));
}

/// <summary>An operator token, as stored. It is found by its secret through <see cref="IOperatorTokenGrain"/>.</summary>
internal sealed record StoredOperatorToken
{
    public long Id { get; init; }

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public OperatorTokenScopes Scopes { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public long CreatedBy { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public long RevokedBy { get; init; }

    /// <summary>The token of the installation's setting.</summary>
    public bool IsInstallations { get; init; }

    /// <summary>The look-up keys of its secret: one for each master key under which it was seen.</summary>
    public ImmutableArray<string> LookUpKeys { get => field.IsDefault ? [] : field; init; } = [];

    public OperatorTokenView View(OperatorId holder) => new(
        new OperatorTokenId(Id), holder, Name, Description, Scopes, CreatedAt, ExpiresAt, RevokedAt, IsInstallations);

    /// <summary>The token as the index knows it.</summary>
    public OperatorTokenRow Row(OperatorId holder, long epoch, bool deleted = false) =>
        new(Id, holder.Value, Name, ExpiresAt, RevokedAt is not null, deleted, epoch);
}
