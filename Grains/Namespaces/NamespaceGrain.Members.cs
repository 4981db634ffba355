using System.Collections.Immutable;
using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Namespaces;

internal abstract partial class NamespaceGrain
{
    public async ValueTask<AccessLevel> GetAccessLevelAsync(OperatorId member, int below)
    {
        if (State.Status != NamespaceStatus.Active || below >= GridIndexRules.MaxGroupHeight)
        {
            return AccessLevel.None;
        }

        if (State.Parent == 0)
        {
            return MemberRules.Level(State.Members, member.Value, _time.GetUtcNow());
        }

        // As for the lineage: the parent may change while it is asked.
        var parent = State.Parent;
        var above = await Above(parent).GetAccessLevelAsync(member, below + 1);
        return State.Status == NamespaceStatus.Active && State.Parent == parent
            ? Max(MemberRules.Level(State.Members, member.Value, _time.GetUtcNow()), above)
            : await GetAccessLevelAsync(member, below);
    }

    public async ValueTask<ImmutableArray<MemberView>> GetMembersAsync(bool inherited, int below)
    {
        if (State.Status != NamespaceStatus.Active || below >= GridIndexRules.MaxGroupHeight)
        {
            return [];
        }

        var above = inherited ? await InheritedAsync(below) : [];
        var now = _time.GetUtcNow();
        return MemberRules.Merge(State.Members.Where(m => m.IsAlive(now)).Select(static m => m.View()), above);
    }

    public async Task<MemberView> AddMemberAsync(AddMember request)
    {
        await ExistingAsync();
        MemberRules.CheckLevel(request.Level, await InheritedLevelAsync(request.Operator));
        var now = _time.GetUtcNow();
        MemberRules.CheckEnd(request.ExpiresAt, now);
        var added = new Member
        {
            OperatorId = request.Operator.Value,
            Level = request.Level,
            ExpiresAt = request.ExpiresAt,
            CreatedAt = now,
            CreatedBy = request.By.Value,
        };
        await WriteMembersAsync(MemberRules.Add(State.Members, added, now), request.Operator);
        return added.View();
    }

    public async Task<MemberView?> ChangeMemberAsync(ChangeMember change)
    {
        await ExistingAsync();
        var now = _time.GetUtcNow();
        if (State.Members.FirstOrDefault(m => m.OperatorId == change.Operator.Value && m.IsAlive(now)) is not { } member)
        {
            return null;
        }

        MemberRules.CheckLevel(change.Level, await InheritedLevelAsync(change.Operator));
        MemberRules.CheckEnd(change.ChangesExpiry ? change.ExpiresAt : null, now);
        var changed = member with
        {
            Level = change.Level,
            ExpiresAt = change.ChangesExpiry ? change.ExpiresAt : member.ExpiresAt,
        };
        if (changed != member)
        {
            var members = State.Members.Replace(member, changed);
            await CheckOwnersLeftAsync(members);
            await WriteMembersAsync(members, change.Operator);
        }

        return changed.View();
    }

    public async Task<bool> RemoveMemberAsync(OperatorId member, OperatorId by)
    {
        await ExistingAsync();
        if (State.Members.FirstOrDefault(m => m.OperatorId == member.Value) is not { } removed)
        {
            return false;
        }

        var members = State.Members.Remove(removed);
        await CheckOwnersLeftAsync(members);
        await WriteMembersAsync(members, member);
        return removed.IsAlive(_time.GetUtcNow());
    }

    private async Task CheckOwnersLeftAsync(ImmutableArray<Member> members)
    {
        if (Id.Kind == NamespaceKind.Group)
        {
            MemberRules.CheckOwnersLeft(State.Members, members, await InheritedAsync(below: 0), _time.GetUtcNow());
        }
    }

    /// <summary>
    /// Writes members, and then tells the index. Here the truth goes first: what the index alone knew of a member could not be taken back.
    /// </summary>
    private async Task WriteMembersAsync(ImmutableArray<Member> members, OperatorId changed)
    {
        await _state.WriteAsync(State with
        {
            Members = members,
            UntoldMembers = [.. State.UntoldMembers.Append(changed.Value).Distinct()],
            Epoch = State.Epoch + 1,
        });
        await TellOfMembersAsync();
    }

    /// <summary>Tells the index of members of whom it may not know.</summary>
    private async Task TellOfMembersAsync()
    {
        if (State.UntoldMembers.IsEmpty)
        {
            return;
        }

        try
        {
            foreach (var id in State.UntoldMembers)
            {
                await _index.UpsertAsync(State.Members.FirstOrDefault(m => m.OperatorId == id) is { } member
                    ? member.Row(Id, State.Epoch)
                    : new Member { OperatorId = id }.Row(Id, State.Epoch, deleted: true));
            }

            await _state.WriteAsync(State with { UntoldMembers = [] });
        }
        catch
        {
            DeactivateOnIdle(); // The next activation tells it.
            throw;
        }
    }

    /// <summary>Tells the index of all members.</summary>
    private async Task TellOfAllMembersAsync(bool deleted = false)
    {
        foreach (var member in State.Members)
        {
            await _index.UpsertAsync(member.Row(Id, State.Epoch, deleted));
        }
    }

    private async ValueTask<IReadOnlyList<MemberView>> InheritedAsync(int below) =>
        State.Parent == 0 ? [] : await Above(State.Parent).GetMembersAsync(inherited: true, below + 1);

    private async ValueTask<AccessLevel> InheritedLevelAsync(OperatorId member) =>
        State.Parent == 0 ? AccessLevel.None : await Above(State.Parent).GetAccessLevelAsync(member, below: 1);

    private IGroupGrain Above(long parent) => GrainFactory.GetGrain<IGroupGrain>(parent);

    private static AccessLevel Max(AccessLevel a, AccessLevel b) => a > b ? a : b;
}
