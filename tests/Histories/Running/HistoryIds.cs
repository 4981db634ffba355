using System.Collections.Concurrent;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Histories.Running;

/// <summary>What the groups, projects and tokens of a history are called in the cluster.</summary>
internal sealed class HistoryIds
{
    private readonly ConcurrentDictionary<string, (NamespaceId Id, string Path)> _nodes = [];
    private readonly ConcurrentDictionary<string, IssuedDeployToken> _tokens = [];

    public NamespaceId Node(string name) => _nodes[name].Id;

    /// <summary>The path that it had at first.</summary>
    public string Path(string node) => _nodes[node].Path;

    public IssuedDeployToken Issued(string token) => _tokens[token];

    public TokenId Token(string name) => _tokens[name].Token.Id;

    public bool Has(string token) => _tokens.ContainsKey(token);

    public void Add(string name, NamespaceView view) => _nodes[name] = (view.Id, view.FullPath);

    public void Add(string name, IssuedDeployToken token) => _tokens[name] = token;

    /// <summary>The grain of a node or token, as storage knows it.</summary>
    public string Grain(string name) => _nodes.TryGetValue(name, out var node)
        ? Grain(node.Id.Kind == NamespaceKind.Group ? "group" : "project", node.Id.Value)
        : Grain("deploy-token", Token(name).Value);

    private static string Grain(string type, long id) => GrainId.Create(GrainType.Create(type), GrainIdKeyExtensions.CreateIntegerKey(id)).ToString();
}
