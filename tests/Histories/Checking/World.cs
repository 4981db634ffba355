using System.Collections.Immutable;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Histories.Checking;

/// <summary>A group or project of a history, by the name it has there.</summary>
internal sealed record Node(string Name, NamespaceKind Kind, string? Parent)
{
    public Visibility Visibility { get; init; }

    public bool Archived { get; init; }

    public bool Deleted { get; init; }

    /// <summary>Whether it is elsewhere than where it was made, so that old paths lead to it by a redirect only.</summary>
    public bool Moved { get; init; }
}

/// <summary>A token of a history, by the name it has there.</summary>
internal sealed record Token(string Name, string Holder, DeployTokenScopes Scopes)
{
    /// <summary>Whether it was issued; until then nobody knows its secret.</summary>
    public bool Issued { get; init; } = true;

    /// <summary>Revoked, destroyed or expired.</summary>
    public bool Ended { get; init; }

    /// <summary>Whether it is to be made with an end to its life.</summary>
    public bool Expires { get; init; }
}

/// <summary>What somebody goes on asking.</summary>
/// <param name="Token">The token shown.</param>
/// <param name="Action">What is wanted.</param>
/// <param name="Target">Of what; null for actions at no particular resource.</param>
/// <param name="ByPath">Whether it is named by the path it had at first.</param>
internal sealed record Subject(string Token, RegistryAction Action, string? Target, bool ByPath)
{
    public override string ToString() =>
        $"token {Token}: {ActionNames.Of(Action)}{(Target is null ? "" : $" of {Target}{(ByPath ? " by path" : "")}")}";
}

/// <summary>
/// Groups, projects and tokens as they are at one time, and who may do what: the rules of the reference once more, said in another way
/// than the product does, and only as far as histories go.
/// </summary>
internal sealed record World(ImmutableDictionary<string, Node> Nodes, ImmutableDictionary<string, Token> Tokens)
{
    public static World Of(IEnumerable<Node> nodes, IEnumerable<Token> tokens) => new(
        nodes.ToImmutableDictionary(static n => n.Name), tokens.ToImmutableDictionary(static t => t.Name));

    /// <summary>Whether a subject is to be allowed.</summary>
    public bool Entitles(Subject subject) => Entitles(subject, this);

    /// <summary>Whether a subject is to be allowed, by the names of nodes as they were at another time.</summary>
    public bool Entitles(Subject subject, World names)
    {
        var token = Tokens[subject.Token];
        if (!token.Issued || token.Ended || !Exists(token.Holder))
        {
            return false;
        }

        if (subject.Target is not { } target)
        {
            return HasScope(token, subject.Action);
        }

        var isRead = subject.Action is RegistryAction.ReadPackage;
        if (!Exists(target) || (subject.ByPath && IsImage(subject.Action) && names.Chain(target).Any(static n => n.Moved)))
        {
            return false;
        }

        var isPublic = Chain(target).All(static n => n.Visibility == Visibility.Public);
        if (isRead && isPublic)
        {
            return true;
        }

        if (!HasScope(token, subject.Action))
        {
            return false;
        }

        return IsWithin(target, token.Holder)
            ? !IsWrite(subject.Action) || !Chain(target).Any(static n => n.Archived)
            : subject.Action == RegistryAction.PullImage && isPublic;
    }

    public World With(Node node) => this with { Nodes = Nodes.SetItem(node.Name, node) };

    public World With(Token token) => this with { Tokens = Tokens.SetItem(token.Name, token) };

    /// <summary>A node and the groups above it.</summary>
    public IEnumerable<Node> Chain(string name)
    {
        for (var at = Nodes[name]; ; at = Nodes[at.Parent])
        {
            yield return at;
            if (at.Parent is null)
            {
                yield break;
            }
        }
    }

    /// <summary>Whether a node is another, or below it.</summary>
    public bool IsWithin(string node, string holder) => Chain(node).Any(n => n.Name == holder);

    private bool Exists(string node) => !Chain(node).Any(static n => n.Deleted);

    private static bool IsWrite(RegistryAction action) => action is RegistryAction.PushImage or RegistryAction.WritePackage;

    private static bool IsImage(RegistryAction action) => action is RegistryAction.PushImage or RegistryAction.PullImage;

    private static bool HasScope(Token token, RegistryAction action) => action switch
    {
        RegistryAction.Authenticate or RegistryAction.Introspect => true,
        RegistryAction.DownloadCode => token.Scopes.HasFlag(DeployTokenScopes.ReadRepository),
        RegistryAction.PullImage => token.Scopes.HasFlag(DeployTokenScopes.ReadRegistry),
        RegistryAction.PushImage => token.Scopes.HasFlag(DeployTokenScopes.WriteRegistry),
        RegistryAction.WritePackage => token.Scopes.HasFlag(DeployTokenScopes.WritePackageRegistry),
        RegistryAction.ReadPackage =>
            (token.Scopes & (DeployTokenScopes.ReadPackageRegistry | DeployTokenScopes.WritePackageRegistry)) != 0,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Not an action of histories."),
    };
}
