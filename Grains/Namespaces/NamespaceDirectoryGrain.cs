using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Ids;
using OrleansTokens.Grains.Index;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Namespaces;

/// <inheritdoc cref="INamespaceDirectoryGrain"/>
[StatelessWorker, GrainType("namespace-directory")]
internal sealed partial class NamespaceDirectoryGrain(
    IGridIndex index, IdAllocator ids, TimeProvider time, ILogger<NamespaceDirectoryGrain> logger) : Grain, INamespaceDirectoryGrain
{
    public ValueTask<ResolvedPath> ResolveAsync(NamespacePath path) => PathWalk.ResolveAsync(GrainFactory, path);

    public async Task<NamespaceView> CreateGroupAsync(CreateNamespace request)
    {
        Check(request);
        var id = await ids.NextAsync(IdSequence.Groups);
        return await GrainFactory.GetGrain<IGroupGrain>(id).CreateAsync(request);
    }

    public async Task<NamespaceView> CreateProjectAsync(CreateNamespace request)
    {
        Check(request);
        var id = await ids.NextAsync(IdSequence.Projects);
        return await GrainFactory.GetGrain<IProjectGrain>(id).CreateAsync(request);
    }

    public Task<NamespaceView> TransferAsync(NamespaceId node, GroupId parent, OperatorId by) => node.Kind == NamespaceKind.Group
        ? GrainFactory.GetGrain<IGroupTransferGrain>(0).TransferAsync(node.AsGroup, parent, by)
        : NamespaceGrains.Of(GrainFactory, node).TransferAsync(parent, by);

    public async Task<NamespacePage> ListAsync(ListNamespaces list)
    {
        Listing.CheckPage(list.Offset, list.Limit);
        var query = new NamespaceQuery(
            list.Kind,
            list.TopLevelOnly ? 0 : list.Parent?.Value,
            list.Subtree?.Value,
            list.Search,
            Sort(list.Order),
            list.Descending,
            list.Offset,
            list.Limit,
            list.Reader is { } reader ? await ReaderAsync(reader, list) : null,
            (int?)list.Visibility,
            list.Archived);
        var (items, total) = await Listing.ReadAsync(
            () => index.FindAsync(query),
            async id => await Node(id).GetAsync() is { } view && Belongs(view, list) && await IsVisibleAsync(view, list.Reader) ? view : null,
            id => MendAsync(Named(id)),
            (id, fault) => LogLeftOut(logger, Named(id), fault));
        return new NamespacePage(items, total);

        NamespaceId Named(long id) => new(list.Kind, id);

        INamespaceGrain Node(long id) => NamespaceGrains.Of(GrainFactory, Named(id));
    }

    /// <summary>The reader as the index needs it: with whether it is a member of the group that the list is of.</summary>
    private async Task<IndexReader> ReaderAsync(ListReader reader, ListNamespaces list)
    {
        var top = list.TopLevelOnly ? default : list.Subtree ?? list.Parent ?? default;
        var level = top.IsNone || reader.Operator.IsNone
            ? AccessLevel.None
            : await GrainFactory.GetGrain<IGroupGrain>(top.Value).GetAccessLevelAsync(reader.Operator, below: 0);
        return new IndexReader(
            reader.Operator.Value, (int?)reader.Sees, (int)reader.Minimum, time.GetUtcNow(), level >= reader.Minimum);
    }

    /// <summary>Whether the reader sees a node, as the node's own grain and those above it say.</summary>
    private async Task<bool> IsVisibleAsync(NamespaceView view, ListReader? reader) =>
        reader is null
        || view.Lineage.Visibility >= reader.Sees
        || (!reader.Operator.IsNone
            && await NamespaceGrains.Of(GrainFactory, view.Id).GetAccessLevelAsync(reader.Operator, below: 0) >= reader.Minimum);

    /// <summary>Has a node write its entry again, and whatever is above it: there the members are by whom it is seen.</summary>
    private async Task MendAsync(NamespaceId id)
    {
        var node = NamespaceGrains.Of(GrainFactory, id);
        await node.ReindexAsync();
        foreach (var above in (await node.GetLineageAsync(below: 0))?.Nodes.Skip(1) ?? [])
        {
            await NamespaceGrains.Of(GrainFactory, above.Id).ReindexAsync();
        }
    }

    /// <summary>Whether a node is where and as the index says. What it is called is not looked at: that is for searching only.</summary>
    private static bool Belongs(NamespaceView view, ListNamespaces list) =>
        (!list.TopLevelOnly || view.Parent.IsNone)
        && (list.TopLevelOnly || list.Parent is not { } parent || view.Parent == parent)
        && (list.Subtree is not { } top || view.Lineage.IsWithin(top.AsNamespace))
        && (list.Visibility is not { } visibility || view.Visibility == visibility)
        && (list.Archived is not { } archived || view.Archived == archived);

    /// <summary>What needs no grain to be refused is refused before an id is used up.</summary>
    private static void Check(CreateNamespace request)
    {
        if (request.Slug.IsNone)
        {
            throw TokenAuthorityException.Invalid("path", Slug.Rule);
        }

        NamespaceRules.CheckSlug(request.Slug, request.Parent);
        NamespaceRules.CheckName(request.Name);
        NamespaceRules.CheckDescription(request.Description);
        NamespaceRules.CheckFeatures(request.Features);
    }

    private static NamespaceSort Sort(NamespaceOrder order) => order switch
    {
        NamespaceOrder.Name => NamespaceSort.Name,
        NamespaceOrder.Path => NamespaceSort.Path,
        NamespaceOrder.CreatedAt => NamespaceSort.CreatedAt,
        _ => NamespaceSort.Id,
    };
}
