using Microsoft.Extensions.Logging;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Index;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Namespaces;

/// <summary>
/// What groups and projects have in common. Operations of many steps write down first what they are about to do; whatever a crash leaves
/// is settled when the grain is next activated or changed, and until then is of no use to anybody.
/// </summary>
internal abstract partial class NamespaceGrain : Grain, INamespaceGrain
{
    private static readonly TimeSpan PutAwayAgainAfter = TimeSpan.FromMinutes(1);

    private readonly DurableState<NamespaceState> _state;
    private readonly IGridIndex _index;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    protected NamespaceGrain(
        NamespaceKind kind, IPersistentState<NamespaceState> storage, IGridIndex index, TimeProvider time, ILogger logger)
    {
        _state = new DurableState<NamespaceState>(storage, this);
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
        if (State.Status != NamespaceStatus.Active)
        {
            if (State.Status == NamespaceStatus.None)
            {
                DeactivateOnIdle(); // Anybody can ask for any id; ids that were never used must not fill memory.
            }

            return null;
        }

        if (below >= Limits.MaxPathSegments)
        {
            throw TokenAuthorityException.Unavailable($"The lineage through {Id} is longer than any can be.");
        }

        if (State.Parent == 0)
        {
            return new Lineage([State.Node(Id)]);
        }

        // The parent may change while it is asked; what is put together below must be of one piece.
        var parent = State.Parent;
        var above = await GrainFactory.GetGrain<IGroupGrain>(parent).GetLineageAsync(below + 1);
        if (State.Status != NamespaceStatus.Active || State.Parent != parent)
        {
            return await GetLineageAsync(below);
        }

        return above is null ? null : new Lineage(above.Nodes.Insert(0, State.Node(Id)));
    }

    public async Task<NamespaceView> CreateAsync(CreateNamespace request)
    {
        if (State.Status != NamespaceStatus.None)
        {
            throw new TokenAuthorityException(ErrorCode.Conflict, $"The {Id} was already made.");
        }

        NamespaceRules.CheckName(request.Name);
        NamespaceRules.CheckDescription(request.Description);
        var above = await AboveAsync(request.Parent);
        NamespaceRules.CheckDepth(Id.Kind, above, subtreeHeight: 0);
        NamespaceRules.CheckVisibility(request.Visibility, above);
        var creating = new NamespaceState
        {
            Status = NamespaceStatus.Creating,
            Parent = request.Parent.Value,
            Slug = request.Slug.ToString(),
            Name = request.Name,
            Description = request.Description,
            Visibility = request.Visibility,
            CreatedAt = _time.GetUtcNow(),
            CreatedBy = request.Operator.Value,
            PersonalOf = request.PersonalOf.Value,
            Members = MemberRules.First(Id.Kind, request, _time.GetUtcNow()),
            Epoch = 1,
        };
        await _state.WriteAsync(creating);
        if (!await TryClaimAsync(request.Parent, request.Slug))
        {
            await _state.WriteAsync(new NamespaceState());
            throw NamespaceRules.PathTaken();
        }

        await PublishAsync(creating with { Status = NamespaceStatus.Active });
        return await GetAsync() ?? throw await DeletedMeanwhileAsync(request);
    }

    public async Task<NamespaceView> ChangeAsync(ChangeNamespace change)
    {
        var view = await ExistingAsync();
        NamespaceRules.CheckName(change.Name ?? State.Name);
        NamespaceRules.CheckDescription(change.Description ?? State.Description);
        if (change.Visibility is { } visibility && visibility > State.Visibility)
        {
            NamespaceRules.CheckVisibility(visibility, NamespaceRules.Above(view.Lineage));
        }

        if (change.Slug is { } slug && slug.ToString() != State.Slug)
        {
            await MoveAsync(new GroupId(State.Parent), slug);
        }

        var next = State with
        {
            Name = change.Name ?? State.Name,
            Description = change.Description ?? State.Description,
            Visibility = change.Visibility ?? State.Visibility,
            Archived = change.Archived ?? State.Archived,
        };
        if (next != State)
        {
            await PublishAsync(next with { Epoch = State.Epoch + 1 });
        }

        return await ExistingAsync();
    }

    public async Task<NamespaceView> TransferAsync(GroupId parent, OperatorId by)
    {
        var view = await ExistingAsync();
        if (parent.Value == State.Parent)
        {
            return view;
        }

        var above = await AboveAsync(parent);
        if (above is not null && above.IsWithin(Id))
        {
            throw new TokenAuthorityException(ErrorCode.Conflict, "A group cannot be moved below itself.");
        }

        var height = Id.Kind == NamespaceKind.Group ? await _index.GroupHeightAsync(Id.Value) : 0;
        NamespaceRules.CheckDepth(Id.Kind, above, height);
        await MoveAsync(parent, Slug.Parse(State.Slug));
        return await ExistingAsync();
    }

    public async Task<bool> DeleteAsync(OperatorId by)
    {
        await SettleAsync();
        if (State.PutAwayPending)
        {
            await LeaveAsync(); // Asked again, because the first answer was lost or was that it is not known.
            return true;
        }

        if (State.Status != NamespaceStatus.Active)
        {
            return false;
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
        return true;
    }

    public async Task HoldTokenAsync(TokenId token)
    {
        await ExistingAsync();
        if (State.Tokens.Count >= Limits.MaxTokensPerHolder)
        {
            throw new TokenAuthorityException(
                ErrorCode.LimitExceeded, $"The {Id} has held {Limits.MaxTokensPerHolder} tokens; it can hold no more.");
        }

        await _state.WriteAsync(State with { Tokens = State.Tokens.Add(token) });
    }

    public async Task ReindexAsync()
    {
        await SettleAsync();
        if (State.Status == NamespaceStatus.Active && await GetLineageAsync(below: 0) is null)
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

    private async Task<NamespaceView> ExistingAsync()
    {
        await SettleAsync();
        return await GetAsync() ?? throw TokenAuthorityException.NotFound($"The {Id}");
    }

    /// <summary>The lineage of the group above; null at the top.</summary>
    private async Task<Lineage?> AboveAsync(GroupId parent)
    {
        if (parent.IsNone)
        {
            return Id.Kind == NamespaceKind.Group ? null : throw TokenAuthorityException.Invalid("namespace_id", "A project needs a group.");
        }

        return await GrainFactory.GetGrain<IGroupGrain>(parent.Value).GetLineageAsync(below: 0)
            ?? throw TokenAuthorityException.NotFound($"The {parent.AsNamespace}");
    }

    /// <summary>Writes what changed: the index first, since an entry that is ahead of the truth does no harm.</summary>
    private async Task PublishAsync(NamespaceState next)
    {
        try
        {
            await _index.UpsertAsync(next.Row(Id));
            if (State.Status == NamespaceStatus.Creating)
            {
                await TellOfAllMembersAsync(deleted: next.Status != NamespaceStatus.Active);
            }

            await _state.WriteAsync(next);
        }
        catch
        {
            DeactivateOnIdle(); // Not known how far it came: the next activation settles it.
            throw;
        }
    }

    private async Task MoveAsync(GroupId parent, Slug slug)
    {
        var handover = new NameHandover { OldParent = State.Parent, OldSlug = State.Slug, NewParent = parent.Value, NewSlug = slug.ToString() };
        await _state.WriteAsync(State with { Handover = handover });
        if (!await TryClaimAsync(parent, slug))
        {
            await _state.WriteAsync(State with { Handover = null });
            throw NamespaceRules.PathTaken();
        }

        await PublishAsync(State with { Parent = parent.Value, Slug = slug.ToString(), Epoch = State.Epoch + 1 });
        await SettleAsync();
    }

    /// <summary>
    /// Claims a name. Where it points at somebody who is gone, or goes by another name, a crash or a fault has left it behind: that one
    /// is asked to give it up.
    /// </summary>
    private async Task<bool> TryClaimAsync(GroupId parent, Slug slug)
    {
        try
        {
            var entry = PathEntryGrain.Of(GrainFactory, parent, slug);
            var has = await entry.ClaimAsync(Id);
            if (has == Id)
            {
                return true;
            }

            var holder = NamespaceGrains.Of(GrainFactory, has);
            if (await holder.GetAsync() is { } view && view.Parent == parent && view.Slug == slug)
            {
                return false;
            }

            await holder.ReindexAsync();
            return await entry.ClaimAsync(Id) == Id;
        }
        catch
        {
            DeactivateOnIdle(); // Not known whether the name is ours now: the next activation gives it up.
            throw;
        }
    }

    /// <summary>Takes back what was begun and never told, and gives up the name that a move left over.</summary>
    private async Task SettleAsync()
    {
        if (State.Status == NamespaceStatus.Creating)
        {
            await ReleaseAsync(State.Parent, State.Slug, leaveRedirect: false);
            await PublishAsync(new NamespaceState());
            return;
        }

        if (State.Handover is not { } handover)
        {
            return;
        }

        var moved = State.Parent == handover.NewParent && State.Slug == handover.NewSlug;
        var isOneName = handover.OldParent == handover.NewParent && Slug.Parse(handover.OldSlug) == Slug.Parse(handover.NewSlug);
        if (moved)
        {
            if (!isOneName) // Otherwise only the case of letters changed.
            {
                await ReleaseAsync(handover.OldParent, handover.OldSlug, leaveRedirect: true);
            }

            await _state.WriteAsync(State with { Handover = null });
            return;
        }

        if (!isOneName)
        {
            await ReleaseAsync(handover.NewParent, handover.NewSlug, leaveRedirect: false);
        }

        // The index may have been told of the move already; only a greater epoch takes that back.
        await PublishAsync(State with { Handover = null, Epoch = State.Epoch + 1 });
    }

    private Task ReleaseAsync(long parent, string slug, bool leaveRedirect) =>
        PathEntryGrain.Of(GrainFactory, new GroupId(parent), Slug.Parse(slug)).ReleaseAsync(Id, leaveRedirect);

    private async Task<TokenAuthorityException> DeletedMeanwhileAsync(CreateNamespace request)
    {
        await DeleteAsync(request.Operator);
        return TokenAuthorityException.NotFound($"The {request.Parent.AsNamespace}");
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
            await GrainFactory.GetGrain<IDeployTokenAdministrationGrain>(token.Value).DestroyAsync(by);
        }

        await _state.WriteAsync(State with { PutAwayPending = false });
        DeactivateOnIdle();
    }

    private Task TellIndexAsync() => State.Status == NamespaceStatus.Deleted ? LeaveAsync() : _index.UpsertAsync(State.Row(Id));

    /// <summary>Gives up the name of a node that was deleted, and takes it off the lists.</summary>
    private async Task LeaveAsync()
    {
        await ReleaseAsync(State.Parent, State.Slug, leaveRedirect: false);
        await _index.UpsertAsync(State.Row(Id));
    }
}
