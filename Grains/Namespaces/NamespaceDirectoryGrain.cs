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
internal sealed partial class NamespaceDirectoryGrain(IGridIndex index, IdAllocator ids, ILogger<NamespaceDirectoryGrain> logger)
    : Grain, INamespaceDirectoryGrain
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
            list.Limit);
        var (items, total) = await Listing.ReadAsync(
            () => index.FindAsync(query),
            async id => await Node(id).GetAsync() is { } view && Belongs(view, list) ? view : null,
            id => Node(id).ReindexAsync(),
            (id, fault) => LogLeftOut(logger, Named(id), fault));
        return new NamespacePage(items, total);

        NamespaceId Named(long id) => new(list.Kind, id);

        INamespaceGrain Node(long id) => NamespaceGrains.Of(GrainFactory, Named(id));
    }

    /// <summary>Whether a node is where the index says. What it is called is not looked at: that is for searching only.</summary>
    private static bool Belongs(NamespaceView view, ListNamespaces list) =>
        (!list.TopLevelOnly || view.Parent.IsNone)
        && (list.TopLevelOnly || list.Parent is not { } parent || view.Parent == parent)
        && (list.Subtree is not { } top || view.Lineage.IsWithin(top.AsNamespace));

    /// <summary>What needs no grain to be refused is refused before an id is used up.</summary>
    private static void Check(CreateNamespace request)
    {
        if (request.Slug.IsNone)
        {
            throw TokenAuthorityException.Invalid("path", Slug.Rule);
        }

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
