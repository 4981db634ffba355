using Orleans.Concurrency;
using OrleansTokens.Leases;

namespace OrleansTokens.Namespaces;

/// <summary>What a name in a group points at.</summary>
/// <param name="Target">The group or project.</param>
/// <param name="Redirect">Whether it went by this name earlier and is elsewhere now.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.PathEntry)]
public readonly record struct PathEntry([property: Id(0)] NamespaceId Target, [property: Id(1)] bool Redirect);

/// <summary>
/// One name in one group, as a directory entry is in a file system. Keyed <c>{parent group id}/{slug in lower case}</c>, so that a name
/// exists once. Every change may be repeated.
/// </summary>
[Alias(WireAliases.IPathEntryGrain)]
public interface IPathEntryGrain : IGrainWithStringKey
{
    /// <summary>What the name points at; a target of none where it points at nothing.</summary>
    [AlwaysInterleave, Alias("Get")]
    ValueTask<PathEntry> GetAsync();

    /// <summary>The same with its age, for decisions.</summary>
    /// <param name="maxAge">What is older is confirmed first. Zero: it is, after the call began.</param>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.Unavailable"/>: it cannot be confirmed.</exception>
    [AlwaysInterleave, Alias("Confirm")]
    ValueTask<Confirmed<PathEntry>> ConfirmAsync(TimeSpan maxAge);

    /// <summary>Points the name at <paramref name="target"/> if it is free, a redirect, or points there already. Answers what the name
    /// points at now: the target, or whoever has the name.</summary>
    [Alias("Claim")]
    Task<NamespaceId> ClaimAsync(NamespaceId target);

    /// <summary>Takes the name away from <paramref name="target"/>, if it points there; leaves a redirect to it if asked to.</summary>
    [Alias("Release")]
    Task ReleaseAsync(NamespaceId target, bool leaveRedirect);
}
