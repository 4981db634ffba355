using System.Collections.Immutable;
using System.Text.Json.Serialization;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Index;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Namespaces;

/// <summary>Where in its life a group or project is. Numbers are stored.</summary>
internal enum NamespaceStatus
{
    /// <summary>Its id was never used, or what was begun with it was taken back.</summary>
    None = 0,

    /// <summary>Begun: its name is not yet known to be its own, and it does not exist for anybody.</summary>
    Creating = 1,

    /// <summary>It exists.</summary>
    Active = 2,

    /// <summary>It was deleted; what is below it may still have to be put away.</summary>
    Deleted = 3,
}

/// <summary>Names of a group or project that are to be given up.</summary>
internal sealed record NameHandover
{
    public long OldParent { get; init; }

    public string OldSlug { get; init; } = "";

    public long NewParent { get; init; }

    public string NewSlug { get; init; } = "";
}

/// <summary>A revocation of all tokens held at or below a node, as stored.</summary>
internal sealed record StoredSubtreeRevocation
{
    public NamespaceKind NodeKind { get; init; }

    public long NodeId { get; init; }

    public long Generation { get; init; }

    public DateTimeOffset At { get; init; }

    public long By { get; init; }

    public string Reason { get; init; } = "";

    [JsonIgnore]
    public NamespaceId Node => new(NodeKind, NodeId);

    [JsonIgnore]
    public SubtreeRevocation Value => new(Node, Generation, At, new OperatorId(By), Reason);

    public static StoredSubtreeRevocation Of(SubtreeRevocation revocation) => new()
    {
        NodeKind = revocation.Node.Kind,
        NodeId = revocation.Node.Value,
        Generation = revocation.Generation,
        At = revocation.At,
        By = revocation.By.Value,
        Reason = revocation.Reason,
    };
}

/// <summary>The state of a group or project.</summary>
internal sealed record NamespaceState : IDurable
{
    public NamespaceStatus Status { get; init; }

    /// <summary>The group above it; 0 at the top.</summary>
    public long Parent { get; init; }

    public string Slug { get; init; } = "";

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public Visibility Visibility { get; init; }

    public bool Archived { get; init; }

    /// <summary>Of a project: who may use its code, images and packages.</summary>
    public ProjectFeatures Features { get; init; }

    /// <summary>Of a group: the longest lease at and below it; null where it does not say.</summary>
    public TimeSpan? LeaseLength { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public long CreatedBy { get; init; }

    /// <summary>A rename or transfer under way: until it is null again, both names may point here.</summary>
    public NameHandover? Handover { get; init; }

    /// <summary>The ids of the tokens held here; of those that were destroyed, only where a fault has come between.</summary>
    public TokenIdList Tokens { get; init; } = new();

    /// <summary>The members of the node itself, in order of their ids.</summary>
    public ImmutableArray<Member> Members { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Operators who became members, or are none any more, of whom the index may not know.</summary>
    public ImmutableArray<long> UntoldMembers { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>
    /// Revocations of all tokens held here and below: the node's own, and those of groups that it has left, one for each node.
    /// </summary>
    public ImmutableArray<StoredSubtreeRevocation> TokenRevocations { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>The operator whose personal namespace this is; 0 for every other node.</summary>
    public long PersonalOf { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }

    public long DeletedBy { get; init; }

    /// <summary>Deleted, and what was below it is not yet put away.</summary>
    public bool PutAwayPending { get; init; }

    public long Epoch { get; init; }

    public string? Fault()
    {
        if (!Enum.IsDefined(Status) || !Enum.IsDefined(Visibility))
        {
            return "an unknown status or visibility";
        }

        if (!NamespaceRules.CanBe(Features))
        {
            return "unknown access to a feature";
        }

        if (LeaseLength is { } length && !NamespaceRules.CanBe(length))
        {
            return "a length of leases that cannot be";
        }

        if (Epoch < 0 || Parent < 0)
        {
            return "a negative number";
        }

        if (Members.Any(static m => m.OperatorId < 1 || !Enum.IsDefined(m.Level) || m.Level == AccessLevel.None))
        {
            return "a member that cannot be";
        }

        if (TokenRevocations.Any(static r => r.Generation < 1 || r.NodeId < 1 || r.NodeKind is not (NamespaceKind.Group or NamespaceKind.Project)))
        {
            return "a revocation of tokens that cannot be";
        }

        return Status is NamespaceStatus.None || OrleansTokens.Namespaces.Slug.TryParse(Slug, out _) ? null : "no slug";
    }

    /// <summary>What a decision needs to know of the node.</summary>
    /// <param name="id">The node.</param>
    /// <param name="left">Revocations of the groups that a move under way has left.</param>
    public LineageNode Node(NamespaceId id, ImmutableArray<SubtreeRevocation> left) => new(
        id, OrleansTokens.Namespaces.Slug.Parse(Slug), Name, Visibility, Archived, Epoch, Features, IsPersonal: PersonalOf != 0)
    {
        TokenRevocations = TokenRevocations.IsEmpty && left.IsEmpty
            ? default
            : [.. TokenRevocationRules.Merge(TokenRevocations, left).Select(static r => r.Value)],
        LeaseLength = LeaseLength,
    };

    /// <summary>The node as administrators see it.</summary>
    public NamespaceView View(NamespaceId id, Lineage lineage) => new(
        id, new GroupId(Parent), OrleansTokens.Namespaces.Slug.Parse(Slug), Name, Description, Visibility, Archived, CreatedAt, lineage, Epoch,
        new OperatorId(PersonalOf), Features, new OperatorId(CreatedBy))
    {
        LeaseLength = LeaseLength,
    };

    /// <summary>The node as the index knows it.</summary>
    public NamespaceRow Row(NamespaceId id) => new(
        id.Kind, id.Value, Parent, Slug, Name, (int)Visibility, Archived, CreatedAt,
        Deleted: Status is not (NamespaceStatus.Active or NamespaceStatus.Creating), Math.Max(Epoch, 1), Personal: PersonalOf != 0);
}

/// <summary>A list of token ids, about two bytes each. Ids are added at its end.</summary>
internal sealed record TokenIdList
{
    public int Count { get; init; }

    public long Last { get; init; }

    /// <summary>The differences from each id to the next, zigzag, in groups of seven bits, lowest first.</summary>
    public byte[] Deltas { get; init; } = [];

    public TokenIdList Add(TokenId id)
    {
        var bytes = new List<byte>(Deltas.Length + 4);
        bytes.AddRange(Deltas);
        Append(bytes, id.Value - Last);
        return new TokenIdList { Count = Count + 1, Last = id.Value, Deltas = [.. bytes] };
    }

    /// <summary>The list without an id; the list itself where it is not on it.</summary>
    public TokenIdList Remove(TokenId id)
    {
        var (bytes, count, last) = (new List<byte>(Deltas.Length), 0, 0L);
        var found = false;
        foreach (var held in Ids())
        {
            if (held == id)
            {
                found = true;
                continue;
            }

            Append(bytes, held.Value - last);
            (count, last) = (count + 1, held.Value);
        }

        return found ? new TokenIdList { Count = count, Last = last, Deltas = [.. bytes] } : this;
    }

    public IEnumerable<TokenId> Ids()
    {
        var id = 0L;
        var (value, shift) = (0UL, 0);
        foreach (var part in Deltas)
        {
            value |= (ulong)(part & 0x7F) << shift;
            shift += 7;
            if (part < 0x80)
            {
                id += (long)(value >> 1) ^ -(long)(value & 1);
                yield return new TokenId(id);
                (value, shift) = (0UL, 0);
            }
        }
    }

    private static void Append(List<byte> bytes, long delta)
    {
        var rest = (ulong)((delta << 1) ^ (delta >> 63));
        for (; rest >= 0x80; rest >>= 7)
        {
            bytes.Add((byte)(rest | 0x80));
        }

        bytes.Add((byte)rest);
    }
}
