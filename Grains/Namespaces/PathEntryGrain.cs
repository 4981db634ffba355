using System.Globalization;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Leases;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Namespaces;

/// <summary>What a name points at, as stored.</summary>
internal sealed record PathEntryState : IDurable
{
    public NamespaceKind Kind { get; init; }

    public long Id { get; init; }

    public bool Redirect { get; init; }

    public string? Fault() => Kind switch
    {
        NamespaceKind.None => Id == 0 && !Redirect ? null : "it points at something of no kind",
        NamespaceKind.Group or NamespaceKind.Project => Id > 0 ? null : "it points at no id",
        _ => "it points at an unknown kind",
    };
}

/// <inheritdoc cref="IPathEntryGrain"/>
[GrainType("path-entry")]
internal sealed class PathEntryGrain : Grain, IPathEntryGrain
{
    private const string StateName = "entry";

    private readonly DurableFact<PathEntryState> _state;
    private readonly FactContext _facts;

    public PathEntryGrain([PersistentState(StateName)] IPersistentState<PathEntryState> storage, FactContext facts)
    {
        _state = new DurableFact<PathEntryState>(storage, this, facts, StateName, isReadAgain: true);
        _facts = facts;
    }

    /// <summary>The grain of a name in a group, or at the top.</summary>
    public static IPathEntryGrain Of(IGrainFactory grains, GroupId parent, Slug slug) =>
        grains.GetGrain<IPathEntryGrain>(string.Create(CultureInfo.InvariantCulture, $"{parent.Value}/{slug.Key}"));

    public ValueTask<PathEntry> GetAsync()
    {
        var entry = _state.Current;
        if (entry.Kind == NamespaceKind.None)
        {
            DeactivateOnIdle(); // Anybody can ask for any name; names that lead nowhere must not fill memory.
        }

        return ValueTask.FromResult(new PathEntry(Target(entry), entry.Redirect));
    }

    public async ValueTask<Confirmed<PathEntry>> ConfirmAsync(TimeSpan maxAge)
    {
        await _state.ConfirmAsync(_facts.Within(maxAge));
        var entry = await GetAsync();
        return new Confirmed<PathEntry>(entry, _facts.AgeOf(_state.ConfirmedAt));
    }

    public async Task<NamespaceId> ClaimAsync(NamespaceId target)
    {
        var entry = _state.Current;
        var holder = Target(entry);
        if (!holder.IsNone && !entry.Redirect && holder != target)
        {
            return holder;
        }

        if (holder != target || entry.Redirect)
        {
            await _state.WriteAsync(new PathEntryState { Kind = target.Kind, Id = target.Value });
        }

        return target;
    }

    public async Task ReleaseAsync(NamespaceId target, bool leaveRedirect)
    {
        var entry = _state.Current;
        if (Target(entry) == target && !(entry.Redirect && leaveRedirect))
        {
            await _state.WriteAsync(leaveRedirect ? entry with { Redirect = true } : new PathEntryState());
        }
    }

    private static NamespaceId Target(PathEntryState entry) => new(entry.Kind, entry.Id);
}
