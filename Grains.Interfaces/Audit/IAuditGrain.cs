using System.Collections.Immutable;
using System.Globalization;
using Orleans.Concurrency;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Audit;

/// <summary>What was done. Numbers are stored and go over the wire.</summary>
public enum AuditEvent
{
    /// <summary>Nothing: never recorded.</summary>
    None = 0,

    /// <summary>A CI system asked for the variables of a job, and was handed a secret or told that there is none (reference §4).</summary>
    DeployTokenVariablesRead = 1,
}

/// <summary>One record of what was done at a group or project.</summary>
/// <param name="Sequence">From 1, without gaps, at each holder.</param>
/// <param name="At">When.</param>
/// <param name="By">Who.</param>
/// <param name="Event">What.</param>
/// <param name="Token">Which deploy token it was about; none where there was none.</param>
/// <param name="Hash">SHA-256, in hex, over the record before and this one: one that is edited, or taken from between others, breaks the chain.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.AuditRecord)]
public sealed record AuditRecord(
    [property: Id(0)] long Sequence,
    [property: Id(1)] DateTimeOffset At,
    [property: Id(2)] OperatorId By,
    [property: Id(3)] AuditEvent Event,
    [property: Id(4)] TokenId Token,
    [property: Id(5)] string Hash);

/// <summary>A page of records, newest first.</summary>
/// <param name="Items">What is on the page.</param>
/// <param name="Total">How many there are in all.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.AuditPage)]
public sealed record AuditPage([property: Id(0)] ImmutableArray<AuditRecord> Items, [property: Id(1)] long Total);

/// <summary>What was done at one group or project. Records are only ever added. Keyed by <see cref="AuditKeys.Of"/>.</summary>
[Alias(WireAliases.IAuditGrain)]
public interface IAuditGrain : IGrainWithStringKey
{
    /// <summary>A page of records, newest first.</summary>
    /// <param name="offset">How many to leave out at the beginning: 0 or more.</param>
    /// <param name="limit">How many at most: 1 to <see cref="Limits.MaxPageSize"/>.</param>
    [AlwaysInterleave, Alias("List")]
    Task<AuditPage> ListAsync(int offset, int limit);
}

/// <summary>The keys of audit grains.</summary>
public static class AuditKeys
{
    /// <summary>The key of a holder's records: <c>project/7</c>.</summary>
    public static string Of(NamespaceId holder) => string.Create(
        CultureInfo.InvariantCulture, $"{(holder.Kind == NamespaceKind.Group ? "group" : "project")}/{holder.Value}");
}
