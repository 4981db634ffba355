namespace OrleansTokens.Namespaces;

/// <summary>A group or project as administrators and the API see it.</summary>
/// <param name="Id">The node.</param>
/// <param name="Parent">The group above it, or none for a top-level group.</param>
/// <param name="Slug">Its segment of the path.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Description">Free text.</param>
/// <param name="Visibility">Who may see it.</param>
/// <param name="Archived">Whether it is archived itself.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="Lineage">Itself and the groups above it, at the time of the answer.</param>
/// <param name="Epoch">Grows with every change.</param>
/// <param name="PersonalOf">Whose personal namespace the group is; none for every other node.</param>
/// <param name="Features">The features of a project; of no meaning for groups.</param>
/// <param name="CreatedBy">Who had it made.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.NamespaceView)]
public sealed record NamespaceView(
    [property: Id(0)] NamespaceId Id,
    [property: Id(1)] GroupId Parent,
    [property: Id(2)] Slug Slug,
    [property: Id(3)] string Name,
    [property: Id(4)] string Description,
    [property: Id(5)] Visibility Visibility,
    [property: Id(6)] bool Archived,
    [property: Id(7)] DateTimeOffset CreatedAt,
    [property: Id(8)] Lineage Lineage,
    [property: Id(9)] long Epoch,
    [property: Id(10)] Operators.OperatorId PersonalOf = default,
    [property: Id(11)] ProjectFeatures Features = default,
    [property: Id(12)] Operators.OperatorId CreatedBy = default)
{
    /// <summary>In the answer to a change that takes rights away: for how long, from the answer on, somebody may still go by what was
    /// before. Otherwise zero.</summary>
    [Id(13)]
    public TimeSpan Settling { get; init; }

    /// <summary>How old what decisions about tokens and resources at and below a group rest on may become, where the installation's
    /// lease is not shorter; null where the group does not say.</summary>
    [Id(14)]
    public TimeSpan? LeaseLength { get; init; }

    /// <summary>The full path, for example <c>acme/platform/api</c>.</summary>
    public string FullPath => Lineage.FullPath;

    /// <summary>The full name, for example <c>Acme / Platform / API</c>.</summary>
    public string FullName => Lineage.FullName;
}

/// <summary>What a new group or project is to be.</summary>
/// <param name="Parent">The group to make it in; none makes a top-level group. A project needs one.</param>
/// <param name="Slug">Its segment of the path, free in that group.</param>
/// <param name="Name">What people call it: 1 to <see cref="Limits.MaxNameLength"/> characters.</param>
/// <param name="Description">Free text, at most <see cref="Limits.MaxDescriptionLength"/> characters.</param>
/// <param name="Visibility">Not more visible than the group it is in.</param>
/// <param name="Operator">Who asks. A group has them as its first member, an owner.</param>
/// <param name="PersonalOf">Whose personal namespace the group is to be; none for every other node. It is at the top, and its operator is
/// its owner.</param>
/// <param name="Features">The features of a project; of no meaning for groups.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.CreateNamespace)]
public sealed record CreateNamespace(
    [property: Id(0)] GroupId Parent,
    [property: Id(1)] Slug Slug,
    [property: Id(2)] string Name,
    [property: Id(3)] string Description,
    [property: Id(4)] Visibility Visibility,
    [property: Id(5)] Operators.OperatorId Operator,
    [property: Id(6)] ProjectFeatures Features = default,
    [property: Id(7)] Operators.OperatorId PersonalOf = default);

/// <summary>What is to change of a group or project; what is null stays as it is.</summary>
/// <param name="Slug">A new segment of the path. The old path leaves a redirect.</param>
/// <param name="Name">A new name.</param>
/// <param name="Description">A new description.</param>
/// <param name="Visibility">A new visibility, not more visible than the group it is in.</param>
/// <param name="Archived">Archive or bring back.</param>
/// <param name="Operator">Who asks.</param>
/// <param name="Features">What is to change of a project's features.</param>
/// <param name="LeaseLength">Of a group: how old what decisions about tokens and resources at and below it rest on may become; from 0 (each
/// reads storage) to <see cref="Limits.MaxLeaseLength"/>, which says nothing any more. It only ever shortens what holds above.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.ChangeNamespace)]
public sealed record ChangeNamespace(
    [property: Id(0)] Slug? Slug,
    [property: Id(1)] string? Name,
    [property: Id(2)] string? Description,
    [property: Id(3)] Visibility? Visibility,
    [property: Id(4)] bool? Archived,
    [property: Id(5)] Operators.OperatorId Operator,
    [property: Id(6)] ChangeFeatures Features = default,
    [property: Id(7)] TimeSpan? LeaseLength = null);
