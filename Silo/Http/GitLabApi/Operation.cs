using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>One operation of the API, declared: it is routed, guarded, and documented from this and nothing else.</summary>
/// <param name="Method">HTTP method. GET is answered to HEAD as well.</param>
/// <param name="Path">Route pattern below <c>/api/v4</c>.</param>
/// <param name="Id">Name of the operation in generated clients.</param>
/// <param name="Summary">One line for the documentation.</param>
internal sealed record Operation(HttpMethod Method, string Path, string Id, string Summary)
{
    /// <summary>Route parameter that names a group or project.</summary>
    public const string TargetParameter = "id";

    /// <summary>The noun under which it is documented.</summary>
    public required string Noun { get; init; }

    /// <summary>More for the documentation, where one line does not suffice.</summary>
    public string? Description { get; init; }

    /// <summary>Parameters in the order in which they are checked, but for <c>:id</c>.</summary>
    public IReadOnlyList<Parameter> Parameters { get; init; } = [];

    /// <summary>What must hold among the parameters.</summary>
    public IReadOnlyList<ParameterRule> Rules { get; init; } = [];

    /// <summary>Who may call it, wherever it is aimed.</summary>
    public Caller Caller { get; init; } = Caller.Anyone;

    /// <summary>Whether <c>:id</c> names a group, a project, or is not in the path.</summary>
    public NamespaceKind Target { get; init; }

    /// <summary>What the caller must be able to do with the target.</summary>
    public TargetAccess Access { get; init; } = TargetAccess.Read;

    /// <summary>Whether a token that is only good for reading may call it, although it changes something.</summary>
    public bool ForEveryToken { get; init; }

    /// <summary>Whether it hands out a secret: then a token that is only good for reading may not call it, although it changes nothing.</summary>
    public bool RevealsSecret { get; init; }

    /// <summary>Whether parameters are documented as the body's. A DELETE has one only where what it sends must not stand in an
    /// address.</summary>
    public bool HasBody { get; init; } = Method != HttpMethod.Get && Method != HttpMethod.Delete;

    /// <summary>Status of success.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>Type of the answer's body, or null when there is none.</summary>
    public Type? Answer { get; init; }
}

/// <summary>Who may call an operation.</summary>
internal enum Caller
{
    /// <summary>Everybody, without a credential too; the target decides.</summary>
    Anyone = 0,

    /// <summary>Every operator.</summary>
    Operator = 1,

    /// <summary>Administrators.</summary>
    Administrator = 2,
}

/// <summary>What a caller must be able to do with a group or project: the least access level.</summary>
internal enum TargetAccess
{
    /// <summary>See it.</summary>
    Read = 0,

    /// <summary>As a maintainer.</summary>
    Maintain = AccessLevel.Maintainer,

    /// <summary>As an owner.</summary>
    Own = AccessLevel.Owner,
}
