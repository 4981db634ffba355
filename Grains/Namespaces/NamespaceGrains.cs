using Microsoft.Extensions.Logging;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Index;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Namespaces;

/// <summary>Finds the grain of a node.</summary>
internal static class NamespaceGrains
{
    public static INamespaceGrain Of(IGrainFactory grains, NamespaceId id) => id.Kind switch
    {
        NamespaceKind.Group => grains.GetGrain<IGroupGrain>(id.Value),
        NamespaceKind.Project => grains.GetGrain<IProjectGrain>(id.Value),
        _ => throw new ArgumentException("Neither a group nor a project.", nameof(id)),
    };
}

/// <inheritdoc cref="IGroupGrain"/>
[GrainType("group")]
internal sealed class GroupGrain : NamespaceGrain, IGroupGrain
{
    private const int BatchSize = 100;

    private readonly IGridIndex _index;

    public GroupGrain(
        [PersistentState(StateName)] IPersistentState<NamespaceState> storage,
        IGridIndex index,
        FactContext facts,
        PlaceFinder places,
        TimeProvider time,
        ILogger<GroupGrain> logger)
        : base(NamespaceKind.Group, storage, index, facts, places, time, logger) => _index = index;

    protected override async Task PutAwayChildrenAsync(OperatorId by)
    {
        await PutAwayAsync(NamespaceKind.Project, by);
        await PutAwayAsync(NamespaceKind.Group, by);
    }

    private async Task PutAwayAsync(NamespaceKind kind, OperatorId by)
    {
        // Each child leaves this list, so the first page is always the next one: it is put away, or turns out to be elsewhere.
        IReadOnlyList<long> last = [];
        for (var ids = await ChildrenAsync(kind); ids.Count > 0; ids = await ChildrenAsync(kind))
        {
            if (ids.SequenceEqual(last))
            {
                throw TokenAuthorityException.Unavailable($"The index goes on listing what is no longer below {Id}.");
            }

            last = ids;
            foreach (var id in ids)
            {
                await NamespaceGrains.Of(GrainFactory, new NamespaceId(kind, id)).PutAwayAsync(Id.AsGroup, by);
            }
        }
    }

    private async Task<IReadOnlyList<long>> ChildrenAsync(NamespaceKind kind) =>
        (await _index.FindAsync(new NamespaceQuery(kind, Id.Value, null, null, NamespaceSort.Id, false, 0, BatchSize))).Ids;
}

/// <inheritdoc cref="IProjectGrain"/>
[GrainType("project")]
internal sealed class ProjectGrain : NamespaceGrain, IProjectGrain
{
    public ProjectGrain(
        [PersistentState(StateName)] IPersistentState<NamespaceState> storage,
        IGridIndex index,
        FactContext facts,
        PlaceFinder places,
        TimeProvider time,
        ILogger<ProjectGrain> logger)
        : base(NamespaceKind.Project, storage, index, facts, places, time, logger)
    {
    }

    protected override Task PutAwayChildrenAsync(OperatorId by) => Task.CompletedTask;
}
