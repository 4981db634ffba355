using CsCheck;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Validation;

/// <summary>A group or project of a generated tree. <paramref name="Parent"/> is a place in the list of nodes before it; -1: the top.</summary>
internal sealed record Node(int Parent, bool IsProject, Visibility Visibility, bool Archived, bool Deleted);

/// <summary>A generated tree, a token, what was shown of it, and what is wanted.</summary>
internal sealed record World(
    Node[] Nodes,
    int Holder,
    DeployTokenScopes Scopes,
    long? TicksToLive,
    bool Revoked,
    bool Issued,
    CredentialMatch Match,
    RegistryAction Action,
    int Target,
    bool ViaRedirect)
{
    public static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const int MaxNodes = 40;

    private static readonly long?[] Lives = [null, null, -1, 0, 1, TimeSpan.TicksPerDay];

    private static readonly Gen<Visibility> Visibilities = Gen.Int[0, 2].Select(static i => (Visibility)(i * 10));

    /// <summary>Trees in which each node hangs below an earlier group, often the last one, so that deep ones occur.</summary>
    private static readonly Gen<Node[]> Trees =
        Gen.Select(Gen.Int[0, 3], Gen.Bool, Visibilities, Gen.Int[0, 7], Gen.Int[0, 15], Gen.Int[0, MaxNodes])
            .Array[1, MaxNodes]
            .Select(static drafts =>
            {
                var nodes = new List<Node>();
                foreach (var (way, isProject, visibility, archived, deleted, any) in drafts)
                {
                    var groups = Enumerable.Range(0, nodes.Count).Where(i => !nodes[i].IsProject && Depth(nodes, i) < Limits.MaxGroupDepth).ToList();
                    var parent = groups.Count == 0 || way == 0 ? -1 : way == 1 ? groups[any % groups.Count] : groups[^1];
                    nodes.Add(new Node(parent, isProject && parent >= 0, visibility, archived == 0, deleted == 0));
                }

                return nodes.ToArray();
            });

    public static Gen<World> Any { get; } = Gen.Select(
        Trees,
        Gen.Int[0, MaxNodes],
        Gen.Int[1, 127],
        Gen.Int[0, Lives.Length - 1].Select(static i => Lives[i]),
        Gen.Int[0, 7],
        Gen.Int[0, 7],
        Gen.Int[0, 999],
        Gen.Int[0, MaxNodes],
        static (nodes, holder, scopes, life, revoked, issued, ways, target) => new World(
            nodes,
            holder % nodes.Length,
            (DeployTokenScopes)scopes,
            life,
            revoked == 0,
            issued != 0,
            (ways % 8) switch { 0 => CredentialMatch.None, 1 => CredentialMatch.OtherSecret, 2 => CredentialMatch.OtherUsername, _ => CredentialMatch.Right },
            (RegistryAction)(ways / 8 % 10),
            (target % (nodes.Length + 1)) - 1,
            ways / 80 % 4 == 0));

    /// <summary>What the grains would give to the decision function.</summary>
    public DecisionInput ToInput()
    {
        var lineage = Target < 0 ? null : LineageOf(Target);
        var match = Match;
        var token = Issued
            ? new DeployTokenView(
                new TokenId(1), IdOf(Holder), "t", "u", Scopes, default, default,
                TicksToLive is { } ticks ? Now.AddTicks(ticks) : null,
                Revoked ? new Revocation(Now, new OperatorId(1), "") : null,
                1)
            : null;
        return new DecisionInput(token, match, LineageOf(Holder) is not null, Action, lineage, ViaRedirect, Now);
    }

    private static int Depth(List<Node> nodes, int at) => at < 0 ? 0 : 1 + Depth(nodes, nodes[at].Parent);

    private NamespaceId IdOf(int node) => new(Nodes[node].IsProject ? NamespaceKind.Project : NamespaceKind.Group, node + 1);

    private Lineage? LineageOf(int node)
    {
        var chain = new List<LineageNode>();
        for (var at = node; at >= 0; at = Nodes[at].Parent)
        {
            if (Nodes[at].Deleted)
            {
                return null;
            }

            chain.Add(new LineageNode(IdOf(at), Slug.Parse($"n{at}"), $"N{at}", Nodes[at].Visibility, Nodes[at].Archived, 1));
        }

        return new Lineage([.. chain]);
    }
}
