using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Namespaces;

/// <summary>How a node comes to its place in the tree, and to another.</summary>
/// <remarks>
/// That groups do not nest too deep holds although nobody locks the tree: each side first shows what it does and then looks at what the
/// other one shows. A creation enters its row into the index, then asks for the lineage above, and only then exists. A move of a group writes
/// its new parent, then asks the index how high the group is, and only then answers. So where a creation has asked for the lineage
/// before the move was written, its row was there before the move looked, and the move is taken back; where it asked later, it sees
/// the move, and takes itself back. Groups move one at a time, so moves need not look out for each other.
/// </remarks>
internal abstract partial class NamespaceGrain
{
    public async Task<NamespaceView> CreateAsync(CreateNamespace request)
    {
        if (State.Status != NamespaceStatus.None)
        {
            throw new TokenAuthorityException(ErrorCode.Conflict, $"The {Id} was already made.");
        }

        NamespaceRules.CheckName(request.Name);
        NamespaceRules.CheckDescription(request.Description);
        NamespaceRules.CheckFeatures(request.Features);
        var above = await AboveAsync(request.Parent);
        NamespaceRules.CheckDepth(Id.Kind, above, subtreeHeight: 0);
        NamespaceRules.CheckVisibility(Id.Kind, request.Visibility, above);
        var creating = new NamespaceState
        {
            Status = NamespaceStatus.Creating,
            Parent = request.Parent.Value,
            Slug = request.Slug.ToString(),
            Name = request.Name,
            Description = request.Description,
            Visibility = request.Visibility,
            Features = request.Features,
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

        await BecomeAsync(creating with { Status = NamespaceStatus.Active });
        var made = await GetAsync() ?? throw await DeletedMeanwhileAsync(request);

        // Its path led to something else before, and may lead there for somebody yet.
        return _hasTakenARedirect ? made with { Settling = _state.Settling } : made;
    }

    public async Task<NamespaceView> TransferAsync(GroupId parent, OperatorId by)
    {
        var view = await ExistingAsync();
        if (parent.Value == State.Parent)
        {
            return view with { Settling = _state.Settling }; // Asked again, perhaps, because the first answer was lost.
        }

        if (State.PersonalOf != 0)
        {
            throw new TokenAuthorityException(ErrorCode.Conflict, "A personal namespace stays where it is.");
        }

        var above = await AboveAsync(parent);
        if (above is not null && above.IsWithin(Id))
        {
            throw new TokenAuthorityException(ErrorCode.Conflict, "A group cannot be moved below itself.");
        }

        NamespaceRules.CheckSlug(Slug.Parse(State.Slug), parent);
        var height = Id.Kind == NamespaceKind.Group ? await _index.GroupHeightAsync(Id.Value) : 0;
        NamespaceRules.CheckDepth(Id.Kind, above, height);
        await MoveAsync(parent, Slug.Parse(State.Slug), by);
        return State.Parent == parent.Value
            ? await ExistingAsync() with { Settling = _state.Settling }
            : throw NamespaceRules.TooDeep();
    }

    /// <summary>Lets a node exist whose name is its own, if there is still a place for it: see the remarks.</summary>
    private async Task BecomeAsync(NamespaceState created)
    {
        try
        {
            await _index.UpsertAsync(created.Row(Id));
            await TellOfAllMembersAsync();
            NamespaceRules.CheckDepth(Id.Kind, await AboveAsync(new GroupId(created.Parent)), subtreeHeight: 0);
            await _state.WriteAsync(created);
        }
        catch (TokenAuthorityException refusal) when (refusal.Code != ErrorCode.Unavailable)
        {
            await SettleAsync();
            throw;
        }
        catch
        {
            DeactivateOnIdle(); // Not known how far it came: the next activation settles it.
            throw;
        }
    }

    /// <summary>The lineage of the group above; null at the top.</summary>
    private async Task<Lineage?> AboveAsync(GroupId parent)
    {
        if (parent.IsNone)
        {
            return Id.Kind == NamespaceKind.Group ? null : throw TokenAuthorityException.Invalid("namespace_id", "A project needs a group.");
        }

        var above = await Above(parent.Value).GetAsync() ?? throw TokenAuthorityException.NotFound($"The {parent.AsNamespace}");
        return Id.Kind == NamespaceKind.Project || above.PersonalOf.IsNone
            ? above.Lineage
            : throw TokenAuthorityException.Invalid("parent_id", "is a personal namespace: projects go there, groups do not");
    }

    /// <summary>Writes what changed: the index first, since an entry that is ahead of the truth does no harm.</summary>
    private async Task PublishAsync(NamespaceState next)
    {
        try
        {
            await _index.UpsertAsync(next.Row(Id));
            await _state.WriteAsync(next);
        }
        catch
        {
            DeactivateOnIdle(); // Not known how far it came: the next activation settles it.
            throw;
        }
    }

    private async Task MoveAsync(GroupId parent, Slug slug, OperatorId by = default)
    {
        if (parent.Value != State.Parent)
        {
            TokenRevocationRules.CheckCount(State.TokenRevocations, await RevocationsOfAsync(State.Parent, below: 1));
        }

        var handover = new NameHandover { OldParent = State.Parent, OldSlug = State.Slug, NewParent = parent.Value, NewSlug = slug.ToString() };
        await _state.WriteAsync(State with { Handover = handover });
        if (!await TryClaimAsync(parent, slug))
        {
            await _state.WriteAsync(State with { Handover = null });
            throw NamespaceRules.PathTaken();
        }

        var moved = State with { Parent = parent.Value, Slug = slug.ToString(), Epoch = State.Epoch + 1 };
        await PublishAsync(parent.IsNone ? MemberRules.WithAnOwner(moved, by, _time.GetUtcNow()) : moved);
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
            if (parent.IsNone && await IsOfFirstOperatorAsync(slug))
            {
                return false;
            }

            var entry = PathEntryGrain.Of(GrainFactory, parent, slug);
            _hasTakenARedirect = await entry.GetAsync() is { Redirect: true } redirect && redirect.Target != Id;
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

    /// <summary>Whether a name at the top is kept for the first operator, whose personal namespace is made when it is first needed.</summary>
    private async Task<bool> IsOfFirstOperatorAsync(Slug slug) =>
        State.PersonalOf != OperatorId.First.Value
        && await GrainFactory.GetGrain<IOperatorGrain>(OperatorId.First.Value).GetAsync() is { } first
        && first.Username.Equals(slug.ToString(), StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes back what was begun and never told, and gives up the name that a move left over.</summary>
    private async Task SettleAsync()
    {
        if (State.Status == NamespaceStatus.Creating)
        {
            await ReleaseAsync(State.Parent, State.Slug, leaveRedirect: false);
            await TellOfAllMembersAsync(deleted: true);
            await PublishAsync(new NamespaceState());
            return;
        }

        await TellOfMembersAsync();

        if (State.Handover is not { } handover)
        {
            return;
        }

        if (IsMoved(handover) && await IsTooDeepAsync(handover))
        {
            // It still has its old name. That it goes back is written before the new name is given up.
            await PublishAsync(State with { Parent = handover.OldParent, Slug = handover.OldSlug, Epoch = State.Epoch + 1 });
        }

        var isOneName = handover.OldParent == handover.NewParent && Slug.Parse(handover.OldSlug) == Slug.Parse(handover.NewSlug);
        if (IsMoved(handover))
        {
            var revocations = TokenRevocationRules.Merge(State.TokenRevocations, await LeftBehindAsync(below: 0));
            if (!isOneName) // Otherwise only the case of letters changed.
            {
                await ReleaseAsync(handover.OldParent, handover.OldSlug, leaveRedirect: true);
            }

            await _state.WriteAsync(State with { Handover = null, TokenRevocations = revocations });
            return;
        }

        if (!isOneName)
        {
            await ReleaseAsync(handover.NewParent, handover.NewSlug, leaveRedirect: false);
        }

        // The index may have been told of the move already; only a greater epoch takes that back.
        await PublishAsync(State with { Handover = null, Epoch = State.Epoch + 1 });
    }

    private bool IsMoved(NameHandover handover) => State.Parent == handover.NewParent && State.Slug == handover.NewSlug;

    /// <summary>Whether something below has become too deep by a move that was written already: see the remarks.</summary>
    private async Task<bool> IsTooDeepAsync(NameHandover handover)
    {
        if (Id.Kind != NamespaceKind.Group || handover.NewParent == 0 || handover.NewParent == handover.OldParent)
        {
            return false;
        }

        // Where what is above was deleted meanwhile, what is below is dead anyway.
        var above = await Above(handover.NewParent).GetLineageAsync(below: 0);
        return above is not null && !NamespaceRules.Fits(Id.Kind, above, await _index.GroupHeightAsync(Id.Value));
    }

    private Task ReleaseAsync(long parent, string slug, bool leaveRedirect) =>
        PathEntryGrain.Of(GrainFactory, new GroupId(parent), Slug.Parse(slug)).ReleaseAsync(Id, leaveRedirect);

    private async Task<TokenAuthorityException> DeletedMeanwhileAsync(CreateNamespace request)
    {
        await DeleteAsync(request.Operator);
        return TokenAuthorityException.NotFound($"The {request.Parent.AsNamespace}");
    }
}
