using OrleansTokens.Errors;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>The one map from what the authority throws to what this API answers.</summary>
internal static class GitLabFaults
{
    /// <summary>The answer to a fault or misuse. Messages of the authority that say what the caller can mend are passed on; those of
    /// faults are not.</summary>
    public static IResult Answer(TokenAuthorityException fault) => fault.Code switch
    {
        ErrorCode.InvalidArgument or ErrorCode.PathTaken when !fault.Faults.IsDefaultOrEmpty => GitLabErrors.Fields(fault.Faults),
        ErrorCode.InvalidArgument or ErrorCode.PathTaken or ErrorCode.LimitExceeded or ErrorCode.Conflict =>
            GitLabErrors.Message(StatusCodes.Status400BadRequest, "400 Bad request - " + fault.Message),
        ErrorCode.AlreadyExists => GitLabErrors.Message(StatusCodes.Status409Conflict, fault.Message),
        ErrorCode.NotFound => GitLabErrors.NotFound,
        _ => GitLabErrors.Unavailable,
    };
}
