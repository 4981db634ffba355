namespace OrleansTokens.Errors;

/// <summary>
/// Why the authority could not do what it was asked. Numbers go over the wire and are never used again for another meaning.
/// Each has a heading of its own in <c>docs/errors.md</c>.
/// </summary>
public enum ErrorCode
{
    /// <summary>No code: never sent.</summary>
    None = 0,

    /// <summary>An argument is missing or out of its range. <see cref="TokenAuthorityException.Field"/> names it; nothing was changed.</summary>
    InvalidArgument = 1,

    /// <summary>What was named does not exist, or not any more.</summary>
    NotFound = 2,

    /// <summary>The path is already taken by another group or project.</summary>
    PathTaken = 3,

    /// <summary>A maximum of <see cref="Limits"/> would be exceeded.</summary>
    LimitExceeded = 4,

    /// <summary>The state of the group or project does not allow the change, for example a group moved below itself.</summary>
    Conflict = 5,

    /// <summary>The answer is not known: storage or cluster failed. Nothing may be concluded; the call can be repeated.</summary>
    Unavailable = 6,

    /// <summary>What was to be made is there already: the username, or the member.</summary>
    AlreadyExists = 7,
}
