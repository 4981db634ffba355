using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Index;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Leases;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Namespaces;

/// <summary>
/// What groups and projects have in common. Operations of many steps write down first what they are about to do; whatever a crash leaves
/// is settled when the grain is next activated or changed, and until then is of no use to anybody.
/// </summary>
internal abstract partial class NamespaceGrain : Grain, INamespaceGrain
{
    private const int MaxAttempts = 5;

    private static readonly TimeSpan PutAwayAgainAfter = TimeSpan.FromMinutes(1);

    protected const string StateName = "node";

    private readonly DurableFact<NamespaceState> _state;
    private readonly FactContext _facts;
    private readonly PlaceFinder _places;
    private bool _hasTakenARedirect;
    private readonly IGridIndex _index;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    protected NamespaceGrain(
        NamespaceKind kind,
        IPersistentState<NamespaceState> storage,
        IGridIndex index,
        FactContext facts,
        PlaceFinder places,
        TimeProvider time,
        ILogger logger)
    {
        // Changes take several steps, each of which builds on the one before.
        _state = new DurableFact<NamespaceState>(storage, this, facts, StateName, isReadAgain: false);
        _facts = facts;
        _places = places;
        _index = index;
        _time = time;
        _logger = logger;
        Id = new NamespaceId(kind, this.GetPrimaryKeyLong());
    }

    protected NamespaceId Id { get; }

    private NamespaceState State => _state.Current;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SettleAsync();
        }
        catch (Exception fault)
        {
            LogNotSettled(Id, fault); // What is left over harms nobody who only asks; the next change settles it first.
        }

        if (State.PutAwayPending)
        {
            BeginPuttingAway();
        }
    }

    public async Task<NamespaceView?> GetAsync()
    {
        var lineage = await GetLineageAsync(below: 0);
        return lineage is null ? null : State.View(Id, lineage);
    }

    public async ValueTask<Lineage?> GetLineageAsync(int below)
    {
        // What lies deeper than anything should, because a fault has put it there, is of no use to anybody until it is moved or deleted.
        var lineage = await WalkUpAsync(below);
        return below == 0 && lineage?.Nodes.Length > Limits.MaxPathSegments ? null : lineage;
    }

    public async ValueTask<Confirmed<Lineage?>> ConfirmLineageAsync(int below, TimeSpan maxAge)
    {
        var freshness = _facts.Within(maxAge);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            await _state.ConfirmAsync(freshness);
            if (!Exists(below))
            {
                return new Confirmed<Lineage?>(null, _facts.AgeOf(_state.ConfirmedAt));
            }

            // The parent may change while it is asked; what is put together below must be of one piece.
            var (parent, handover, begun) = (State.Parent, State.Handover, _facts.Clock.Now);
            var left = await LeftBehindAsync(below);
            var above = parent == 0 ? null : await _places.FetchLineageAsync(new GroupId(parent).AsNamespace, below + 1, freshness);
            if (State.Status == NamespaceStatus.Active && State.Parent == parent && State.Handover == handover)
            {
                var oldest = Oldest(Math.Min(above?.ConfirmedAt ?? long.MaxValue, handover is null ? long.MaxValue : begun));
                return new Confirmed<Lineage?>(LineageBelow(parent, above?.Value, left), _facts.AgeOf(oldest));
            }
        }

        throw TokenAuthorityException.Unavailable($"The {Id} is moved too often to be found.");
    }

    public async Task<NamespaceView> ChangeAsync(ChangeNamespace change)
    {
        var view = await ExistingAsync();
        NamespaceRules.CheckName(change.Name ?? State.Name);
        NamespaceRules.CheckDescription(change.Description ?? State.Description);
        NamespaceRules.CheckFeatures(change.Features.ApplyTo(State.Features));
        NamespaceRules.CheckLeaseLength(Id.Kind, change.LeaseLength);
        if (change.Visibility is { } visibility && visibility > State.Visibility)
        {
            NamespaceRules.CheckVisibility(Id.Kind, visibility, NamespaceRules.Above(view.Lineage));
        }

        if (change.Visibility is { } lower && lower < State.Visibility)
        {
            NamespaceRules.CheckVisibility(
                lower, await HasAboveAsync(NamespaceKind.Project, lower), await HasAboveAsync(NamespaceKind.Group, lower));
        }

        if (change.Slug is { } slug && slug.ToString() != State.Slug)
        {
            if (slug.Key != Slug.Parse(State.Slug).Key)
            {
                NamespaceRules.CheckSlug(slug, new GroupId(State.Parent));
            }

            await MoveAsync(new GroupId(State.Parent), slug);
        }

        var next = State with
        {
            Name = change.Name ?? State.Name,
            Description = change.Description ?? State.Description,
            Visibility = change.Visibility ?? State.Visibility,
            Archived = change.Archived ?? State.Archived,
            Features = change.Features.ApplyTo(State.Features),
            LeaseLength = change.LeaseLength is { } length ? NamespaceRules.ToStore(length) : State.LeaseLength,
        };
        if (next != State)
        {
            await PublishAsync(next with { Epoch = State.Epoch + 1 });
        }

        return await ExistingAsync() with { Settling = NamespaceRules.MayTakeAway(change) ? _state.Settling : TimeSpan.Zero };
    }

    public async Task<Removal> DeleteAsync(OperatorId by)
    {
        await SettleAsync();
        if (State.PutAwayPending)
        {
            await LeaveAsync(); // Asked again, because the first answer was lost or was that it is not known.
            return new Removal(true, _state.Settling);
        }

        if (State.Status != NamespaceStatus.Active)
        {
            return new Removal(false, State.Status == NamespaceStatus.Deleted ? _state.Settling : TimeSpan.Zero);
        }

        // From here on no lineage leads through this node: everything below it is dead, and the rest is tidying up.
        await _state.WriteAsync(State with
        {
            Status = NamespaceStatus.Deleted,
            DeletedAt = _time.GetUtcNow(),
            DeletedBy = by.Value,
            PutAwayPending = true,
            Epoch = State.Epoch + 1,
        });
        BeginPuttingAway();
        await LeaveAsync();
        return new Removal(true, _state.Settling);
    }

    public async Task HoldTokenAsync(TokenId token)
    {
        await ExistingAsync();
        if (State.PersonalOf != 0)
        {
            throw TokenAuthorityException.Invalid("holder", "is a personal namespace: only its projects hold deploy tokens");
        }

        if (State.Tokens.Count >= Limits.MaxTokensPerHolder)
        {
            throw new TokenAuthorityException(
                ErrorCode.LimitExceeded, $"The {Id} holds {Limits.MaxTokensPerHolder} tokens; it can hold no more.");
        }

        await _state.WriteAsync(State with { Tokens = State.Tokens.Add(token) });
    }

    public async Task ForgetTokenAsync(TokenId token)
    {
        // A node that was deleted keeps its list: it is what there is to put away.
        if (State.Status == NamespaceStatus.Active && State.Tokens.Remove(token) is var left && left != State.Tokens)
        {
            await _state.WriteAsync(State with { Tokens = left });
        }
    }

    public async Task ReindexAsync()
    {
        await SettleAsync();
        if (State.Status == NamespaceStatus.Active && await WalkUpAsync(below: 0) is null)
        {
            await DeleteAsync(default);
        }
        else
        {
            await TellIndexAsync();
        }
    }

    public async Task PutAwayAsync(GroupId deleted, OperatorId by)
    {
        await SettleAsync();
        if (State.Status == NamespaceStatus.Active && State.Parent == deleted.Value)
        {
            await DeleteAsync(by);
        }
        else
        {
            await TellIndexAsync();
        }
    }

    /// <summary>What lies directly below, to be put away after this node was deleted.</summary>
    protected abstract Task PutAwayChildrenAsync(OperatorId by);

    /// <summary>This node and what is above it, however deep it lies; null where one of them does not exist.</summary>
    private async ValueTask<Lineage?> WalkUpAsync(int below)
    {
        if (!Exists(below))
        {
            return null;
        }

        // The parent may change while it is asked; what is put together below must be of one piece.
        var (parent, handover) = (State.Parent, State.Handover);
        var left = await LeftBehindAsync(below);
        var above = parent == 0 ? null : await Above(parent).GetLineageAsync(below + 1);
        if (State.Status != NamespaceStatus.Active || State.Parent != parent || State.Handover != handover)
        {
            return await WalkUpAsync(below);
        }

        return LineageBelow(parent, above, left);
    }

    /// <summary>The node's lineage, put together; null where the group above it has none.</summary>
    private Lineage? LineageBelow(long parent, Lineage? above, ImmutableArray<SubtreeRevocation> left) =>
        parent == 0 ? new Lineage([State.Node(Id, left)])
        : above is null ? null
        : new Lineage(above.Nodes.Insert(0, State.Node(Id, left)));

    /// <summary>Whether the node exists.</summary>
    /// <exception cref="TokenAuthorityException">Unavailable: so much is below that the lineage must be a ring.</exception>
    private bool Exists(int below)
    {
        if (State.Status == NamespaceStatus.None)
        {
            DeactivateOnIdle(); // Anybody can ask for any id; ids that were never used must not fill memory.
        }

        var exists = State.Status == NamespaceStatus.Active;
        return exists && below >= GridIndexRules.MaxGroupHeight
            ? throw TokenAuthorityException.Unavailable($"The lineage through {Id} is longer than any can be.")
            : exists;
    }

    /// <summary>The age of a lineage is that of its oldest node.</summary>
    private long Oldest(long above) => _facts.Options.Protections.Hold(LeaseProtection.LineageAge)
        ? Math.Min(above, _state.ConfirmedAt)
        : _state.ConfirmedAt;

    /// <summary>
    /// Whether something directly below is more visible than that. What comes to be so while it is looked for does no harm: nobody sees
    /// anything whose group they do not see.
    /// </summary>
    private async Task<bool> HasAboveAsync(NamespaceKind kind, Visibility visibility)
    {
        if (Id.Kind != NamespaceKind.Group)
        {
            return false;
        }

        // A reader who is a member of nothing finds what is visible enough, and nothing else.
        var reader = new IndexReader(0, (int)visibility + 1, (int)AccessLevel.Owner, _time.GetUtcNow(), IsMemberAbove: false);
        var above = await _index.FindAsync(new NamespaceQuery(kind, Id.Value, null, null, NamespaceSort.Id, false, 0, Limit: 0, reader));
        return above.Total > 0;
    }

    private async Task<NamespaceView> ExistingAsync()
    {
        await SettleAsync();
        return await GetAsync() ?? throw TokenAuthorityException.NotFound($"The {Id}");
    }

    private void BeginPuttingAway() => this.RegisterGrainTimer(
        PutAwayAsync, new GrainTimerCreationOptions(TimeSpan.Zero, PutAwayAgainAfter) { Interleave = true, KeepAlive = true });

    private async Task PutAwayAsync(CancellationToken cancellation)
    {
        await LeaveAsync();
        var by = new OperatorId(State.DeletedBy);
        await PutAwayChildrenAsync(by);
        foreach (var token in State.Tokens.Ids())
        {
            cancellation.ThrowIfCancellationRequested();
            await GrainFactory.GetGrain<IDeployTokenAdministrationGrain>(token.Value).PutAwayAsync(by);
        }

        await _state.WriteAsync(State with { PutAwayPending = false });
        DeactivateOnIdle();
    }

    private async Task TellIndexAsync()
    {
        if (State.Status == NamespaceStatus.Deleted)
        {
            await LeaveAsync();
            return;
        }

        await _index.UpsertAsync(State.Row(Id));
        await TellOfAllMembersAsync();
    }

    /// <summary>Gives up the name of a node that was deleted, and takes it off the lists.</summary>
    private async Task LeaveAsync()
    {
        await ReleaseAsync(State.Parent, State.Slug, leaveRedirect: false);
        await _index.UpsertAsync(State.Row(Id));
    }
}
