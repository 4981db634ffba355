namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>What was decided about a request to a repository, as far as the answer depends on it.</summary>
internal enum GitOutcome
{
    /// <summary>Not known: a fault.</summary>
    Unavailable,

    /// <summary>Allowed.</summary>
    Allowed,

    /// <summary>Nobody has said who asks, and not everybody may.</summary>
    CredentialsNeeded,

    /// <summary>The credential is wrong, expired or revoked, or of no use for git.</summary>
    BadCredential,

    /// <summary>The token is good, but is held elsewhere.</summary>
    OutsideHolder,

    /// <summary>The token lacks the scope.</summary>
    ScopeMissing,

    /// <summary>No scope grants this.</summary>
    NeverGranted,

    /// <summary>There is no such project for whoever asks.</summary>
    ResourceNotFound,

    /// <summary>Too many failures from the same address.</summary>
    SourceBanned,
}
