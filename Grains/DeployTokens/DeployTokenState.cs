using System.Collections.Immutable;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.DeployTokens;

/// <summary>Where in its life a token is. Numbers are stored.</summary>
internal enum DeployTokenStatus
{
    /// <summary>Never issued.</summary>
    None = 0,

    /// <summary>Issued. It may be revoked or expired.</summary>
    Issued = 1,

    /// <summary>Destroyed: dead, and shown to nobody. What happened to it is kept.</summary>
    Destroyed = 2,
}

/// <summary>One secret of a token, as stored.</summary>
internal sealed record StoredSecret
{
    /// <summary>The digest in its text form.</summary>
    public string Digest { get; init; } = "";

    /// <summary>The secret itself in a sealed box, where it has to be handed out again; else null.</summary>
    public string? Sealed { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}

/// <summary>A revocation, as stored.</summary>
internal sealed record StoredRevocation
{
    public DateTimeOffset At { get; init; }

    public long By { get; init; }

    public string Reason { get; init; } = "";
}

/// <summary>Up to which revocation of all tokens at or below a node a token is not subject to them: it was issued after that one.</summary>
internal sealed record IssuedUnder
{
    public NamespaceKind NodeKind { get; init; }

    public long NodeId { get; init; }

    public long Generation { get; init; }
}

/// <summary>The state of a deploy token.</summary>
internal sealed record DeployTokenState : IDurable
{
    public DeployTokenStatus Status { get; init; }

    public NamespaceKind HolderKind { get; init; }

    public long HolderId { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Null: the default, made of the id.</summary>
    public string? Username { get; init; }

    public DeployTokenScopes Scopes { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public long CreatedBy { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public StoredRevocation? Revocation { get; init; }

    /// <summary>The revocations of all tokens at or below the holder, and the groups above it, that came before this token.</summary>
    public ImmutableArray<IssuedUnder> IssuedUnder { get => field.IsDefault ? [] : field; init; } = [];

    public ImmutableArray<StoredSecret> Secrets { get; init; } = [];

    public DateTimeOffset? DestroyedAt { get; init; }

    public long DestroyedBy { get; init; }

    public long Epoch { get; init; }

    public string? Fault()
    {
        if (Status == DeployTokenStatus.None)
        {
            return Epoch == 0 && Secrets.IsDefaultOrEmpty ? null : "something is kept of a token that was never issued";
        }

        if (!Enum.IsDefined(Status) || HolderKind is not (NamespaceKind.Group or NamespaceKind.Project) || HolderId <= 0)
        {
            return "an unknown status or holder";
        }

        if (Scopes == DeployTokenScopes.None || (Scopes & ~ScopeNames.All) != 0)
        {
            return "no scope, or an unknown one";
        }

        return Secrets.IsDefaultOrEmpty || !Secrets.All(static s => SecretDigest.TryParse(s.Digest, out _)) ? "no digest" : null;
    }

    /// <summary>The token as administrators see it.</summary>
    public DeployTokenView View(TokenId id) => new(
        id, new NamespaceId(HolderKind, HolderId), Name, Username ?? DefaultUsername.Of(id), Scopes, CreatedAt, new OperatorId(CreatedBy),
        ExpiresAt, Revocation is { } r ? new Revocation(r.At, new OperatorId(r.By), r.Reason) : null, Epoch);

    /// <summary>The same, revoked also where all tokens of its holder, or of a group above it, were.</summary>
    /// <param name="id">The token.</param>
    /// <param name="holder">A lineage that leads through the holder; null where the holder is gone.</param>
    public DeployTokenView View(TokenId id, Lineage? holder)
    {
        var view = View(id);
        return view.Revocation is null && holder is not null
            && SubtreeRevocations.Of(view.Holder, CreatedAt, IssuedUnder, holder) is { } revocation
            ? view with { Revocation = revocation.AsRevocation }
            : view;
    }
}
