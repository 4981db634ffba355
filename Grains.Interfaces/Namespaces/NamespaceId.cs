using System.Globalization;

namespace OrleansTokens.Namespaces;

/// <summary>The two kinds of node in the namespace tree. Numbers are stored and go over the wire.</summary>
public enum NamespaceKind
{
    /// <summary>Neither: the default value, never a node.</summary>
    None = 0,

    /// <summary>A group: it can have groups and projects below it.</summary>
    Group = 1,

    /// <summary>A project: a leaf.</summary>
    Project = 2,
}

/// <summary>Who may see a group or project. GitLab's level numbers.</summary>
public enum Visibility
{
    /// <summary>Members only.</summary>
    Private = 0,

    /// <summary>Everybody who is signed in.</summary>
    Internal = 10,

    /// <summary>Everybody.</summary>
    Public = 20,
}

/// <summary>The id of a group: positive, never used again. Default is no group: the place above the top-level groups.</summary>
[GenerateSerializer, Immutable, Alias(WireAliases.GroupId)]
public readonly record struct GroupId([property: Id(0)] long Value)
{
    /// <summary>Whether this is no group at all.</summary>
    public bool IsNone => Value == 0;

    /// <summary>This group as a node of the tree.</summary>
    public NamespaceId AsNamespace => new(NamespaceKind.Group, Value);

    /// <summary>The number in decimal digits.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The id of a project: positive, never used again. Default is no project.</summary>
[GenerateSerializer, Immutable, Alias(WireAliases.ProjectId)]
public readonly record struct ProjectId([property: Id(0)] long Value)
{
    /// <summary>Whether this is no project at all.</summary>
    public bool IsNone => Value == 0;

    /// <summary>This project as a node of the tree.</summary>
    public NamespaceId AsNamespace => new(NamespaceKind.Project, Value);

    /// <summary>The number in decimal digits.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A node of the namespace tree: a group or a project. Groups and projects are numbered apart. Default is no node.</summary>
[GenerateSerializer, Immutable, Alias(WireAliases.NamespaceId)]
public readonly record struct NamespaceId([property: Id(0)] NamespaceKind Kind, [property: Id(1)] long Value)
{
    /// <summary>Whether this is no node at all.</summary>
    public bool IsNone => Kind == NamespaceKind.None;

    /// <summary>The group, when this is one.</summary>
    public GroupId AsGroup => Kind == NamespaceKind.Group ? new GroupId(Value) : default;

    /// <summary>The project, when this is one.</summary>
    public ProjectId AsProject => Kind == NamespaceKind.Project ? new ProjectId(Value) : default;

    /// <summary><c>group 17</c> or <c>project 4</c>.</summary>
    public override string ToString() => Kind switch
    {
        NamespaceKind.Group => string.Create(CultureInfo.InvariantCulture, $"group {Value}"),
        NamespaceKind.Project => string.Create(CultureInfo.InvariantCulture, $"project {Value}"),
        _ => "none",
    };
}
