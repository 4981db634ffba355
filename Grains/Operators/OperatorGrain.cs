using Microsoft.Extensions.Logging;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Ids;
using OrleansTokens.Grains.Index;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Operators;

/// <summary>
/// An operator. Its username is the name of its personal namespace, so that the path tree keeps usernames apart; that of the first
/// operator is reserved until its namespace is made.
/// </summary>
[GrainType("operator")]
internal sealed partial class OperatorGrain : Grain, IOperatorGrain, IOperatorTokenOwnerGrain
{
    private readonly DurableState<OperatorState> _state;
    private readonly MasterKeyRing _keys;
    private readonly IdAllocator _ids;
    private readonly IGridIndex _index;
    private readonly TimeProvider _time;
    private readonly ILogger<OperatorGrain> _logger;

    public OperatorGrain(
        [PersistentState("operator")] IPersistentState<OperatorState> storage,
        MasterKeyRing keys,
        IdAllocator ids,
        IGridIndex index,
        TimeProvider time,
        ILogger<OperatorGrain> logger)
    {
        _state = new DurableState<OperatorState>(storage, this);
        _keys = keys;
        _ids = ids;
        _index = index;
        _time = time;
        _logger = logger;
        Id = new OperatorId(this.GetPrimaryKeyLong());
    }

    private OperatorId Id { get; }

    private OperatorState State => _state.Current;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SettleAsync();
        }
        catch (Exception fault)
        {
            LogNotSettled(Id.Value, fault); // Harms nobody who only asks; the next change settles it first.
        }
    }

    public Task<OperatorView?> GetAsync()
    {
        if (State.Status == OperatorStatus.None)
        {
            DeactivateOnIdle(); // Anybody can ask for any id; ids that were never used must not fill memory.
        }

        return Task.FromResult(State.Status == OperatorStatus.Active ? State.View(Id) : null);
    }

    public async Task<OperatorView> CreateAsync(CreateOperator request)
    {
        var slug = OperatorRules.CheckUsername(request.Username);
        OperatorRules.CheckName(request.Name);
        OperatorRules.CheckEmail(request.Email);
        await SettleAsync();
        if (State.Status != OperatorStatus.None)
        {
            throw new TokenAuthorityException(ErrorCode.Conflict, $"Operator {Id.Value} was already made.");
        }

        var creating = new OperatorState
        {
            Status = OperatorStatus.Creating,
            Username = request.Username,
            Name = request.Name,
            Email = request.Email,
            IsAdministrator = request.IsAdministrator,
            CreatedAt = _time.GetUtcNow(),
            CreatedBy = request.By.Value,
            PersonalGroup = await _ids.NextAsync(IdSequence.Groups),
            Epoch = 1,
        };
        await _state.WriteAsync(creating);
        if (await TryMakePersonalNamespaceAsync(slug) is not { } personal)
        {
            await _state.WriteAsync(new OperatorState());
            throw OperatorRules.UsernameTaken();
        }

        await PublishAsync(creating with { Status = OperatorStatus.Active });
        return State.View(Id) with { Settling = personal.Settling };
    }

    public async Task<OperatorView> ChangeAsync(ChangeOperator change)
    {
        await ExistingAsync();
        OperatorRules.CheckName(change.Name ?? State.Name);
        OperatorRules.CheckEmail(change.Email ?? State.Email);
        if (Id == OperatorId.First && (change.IsBlocked is true || change.IsAdministrator is false))
        {
            throw new TokenAuthorityException(ErrorCode.Conflict, "The first operator stays an administrator, and is never blocked.");
        }

        var settling = change.Username is { } username ? await RenameAsync(username) : TimeSpan.Zero;

        var next = State with
        {
            Name = change.Name ?? State.Name,
            Email = change.Email ?? State.Email,
            IsAdministrator = change.IsAdministrator ?? State.IsAdministrator,
            IsBlocked = change.IsBlocked ?? State.IsBlocked,
        };
        if (next.Name != State.Name && State.PersonalGroup != 0)
        {
            await PersonalGroup.ChangeAsync(new ChangeNamespace(null, next.Name, null, null, null, Id));
        }

        if (next != State)
        {
            await PublishAsync(next with { Epoch = State.Epoch + 1 });
        }

        return State.View(Id) with { Settling = settling };
    }

    public async Task<GroupId> EnsurePersonalNamespaceAsync()
    {
        await ExistingAsync();
        if (State.PersonalGroup == 0)
        {
            await _state.WriteAsync(State with { PersonalGroup = await _ids.NextAsync(IdSequence.Groups), PersonalGroupPending = true });
            var isMade = await TryMakePersonalNamespaceAsync(Slug.Parse(State.Username)) is not null;
            await _state.WriteAsync(State with { PersonalGroup = isMade ? State.PersonalGroup : 0, PersonalGroupPending = false });
        }

        return State.PersonalGroup != 0 ? new GroupId(State.PersonalGroup) : throw OperatorRules.UsernameTaken();
    }

    public async Task ReindexAsync()
    {
        await SettleAsync();
        await _index.UpsertAsync(State.Row(Id));
        foreach (var token in State.Tokens)
        {
            await _index.UpsertAsync(token.Row(Id, Math.Max(State.Epoch, 1)));
        }
    }

    private IGroupGrain PersonalGroup => GrainFactory.GetGrain<IGroupGrain>(State.PersonalGroup);

    private async Task ExistingAsync()
    {
        await SettleAsync();
        if (State.Status != OperatorStatus.Active)
        {
            DeactivateOnIdle();
            throw TokenAuthorityException.NotFound($"Operator {Id.Value}");
        }
    }

    /// <summary>Makes the personal namespace under the id that was written down for it; null where the name is taken.</summary>
    private async Task<NamespaceView?> TryMakePersonalNamespaceAsync(Slug slug)
    {
        try
        {
            return await PersonalGroup.CreateAsync(new CreateNamespace(
                Parent: default, slug, State.Name, Description: "", Visibility.Public, Operator: Id, PersonalOf: Id));
        }
        catch (TokenAuthorityException taken) when (taken.Code == ErrorCode.PathTaken)
        {
            return null;
        }
        catch
        {
            DeactivateOnIdle(); // Not known how far it came: the next activation settles it.
            throw;
        }
    }

    /// <returns>For how long somebody may still go by what was before: also where it is repeated, because the first answer was lost.</returns>
    private async Task<TimeSpan> RenameAsync(string username)
    {
        if (username == State.Username)
        {
            return State.PersonalGroup != 0 && await PersonalGroup.GetAsync() is { } group ? await RenamedAsync(group.Slug) : TimeSpan.Zero;
        }

        var slug = OperatorRules.CheckUsername(username);
        await EnsurePersonalNamespaceAsync();
        await _state.WriteAsync(State with { NewUsername = username });
        TimeSpan settling;
        try
        {
            settling = await RenamedAsync(slug);
        }
        catch (TokenAuthorityException taken) when (taken.Code == ErrorCode.PathTaken)
        {
            await _state.WriteAsync(State with { NewUsername = null });
            throw OperatorRules.UsernameTaken();
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }

        await PublishAsync(State with { Username = username, NewUsername = null, Epoch = State.Epoch + 1 });
        return settling;
    }

    private async Task<TimeSpan> RenamedAsync(Slug slug) =>
        (await PersonalGroup.ChangeAsync(new ChangeNamespace(slug, null, null, null, null, Id))).Settling;

    /// <summary>Ends what was begun and never told: what its namespace is called is what counts.</summary>
    private async Task SettleAsync()
    {
        if (State.Status == OperatorStatus.Creating)
        {
            await PersonalGroup.DeleteAsync(Id);
            await PublishAsync(new OperatorState());
        }
        else if (State.PersonalGroupPending)
        {
            var isMade = await PersonalGroup.GetAsync() is not null;
            await _state.WriteAsync(State with { PersonalGroup = isMade ? State.PersonalGroup : 0, PersonalGroupPending = false });
        }
        else if (State.NewUsername is { } username)
        {
            var isRenamed = await PersonalGroup.GetAsync() is { } group && group.Slug.ToString() == username;
            await PublishAsync(State with
            {
                Username = isRenamed ? username : State.Username,
                NewUsername = null,
                Epoch = State.Epoch + 1,
            });
        }
    }

    /// <summary>Writes what changed: the index first, since an entry that is ahead of the truth does no harm.</summary>
    private async Task PublishAsync(OperatorState next)
    {
        try
        {
            await _index.UpsertAsync(next.Row(Id));
            foreach (var token in next.Tokens.Except(State.Tokens))
            {
                await _index.UpsertAsync(token.Row(Id, next.Epoch));
            }

            foreach (var gone in State.Tokens.ExceptBy(next.Tokens.Select(static t => t.Id), static t => t.Id))
            {
                await _index.UpsertAsync(gone.Row(Id, next.Epoch, deleted: true));
            }

            await _state.WriteAsync(next);
        }
        catch
        {
            DeactivateOnIdle(); // Not known how far it came: the index is mended when it is read.
            throw;
        }
    }
}
