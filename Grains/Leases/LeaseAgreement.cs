using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace OrleansTokens.Grains.Leases;

/// <summary>
/// Whether the length of leases is the same on all silos, which who revokes relies on: it waits for as long as others may go by what they
/// know. Who comes asks all who are there already, once it is a member itself: of two that come at once, one at least sees the other. Until
/// all have answered and agree, it answers no questions itself, and waits for the longest lease that there can be.
/// </summary>
internal sealed partial class LeaseAgreement(
    LeaseOptions options, Func<SiloAddress, Task<TimeSpan>> ask, ILogger<LeaseAgreement> logger)
{
    private readonly ConcurrentDictionary<SiloAddress, TimeSpan> _told = new();
    private volatile bool _isReached;

    /// <summary>Whether all silos that were there when this one came are known to have the same length, or to be gone.</summary>
    public bool IsReached => _isReached;

    /// <summary>A silo that has another length, which will not change while it lives; null where none is known.</summary>
    public SiloAddress? Opponent => _told.FirstOrDefault(t => t.Value != options.Length).Key;

    /// <summary>For how long anybody may go by what was before a change.</summary>
    public TimeSpan Longest => _isReached ? options.Length : Limits.MaxLeaseLength;

    /// <summary>Asks the silos that have not said yet what their length is.</summary>
    /// <param name="others">The other members, read when this silo was one already.</param>
    public async Task ReachAsync(ImmutableArray<SiloAddress> others)
    {
        await Task.WhenAll(others.Where(silo => !_told.ContainsKey(silo)).Select(AskAsync));
        if (others.All(silo => _told.TryGetValue(silo, out var length) && length == options.Length))
        {
            _told.Clear();
            _isReached = true;
        }
    }

    private async Task AskAsync(SiloAddress silo)
    {
        try
        {
            var length = await ask(silo);
            if (_told.TryAdd(silo, length) && length != options.Length)
            {
                LogOtherLength(options.Length, silo, length);
            }
        }
        catch (Exception fault)
        {
            LogNotAsked(silo, fault.GetType().Name); // It is asked again, until it is gone.
        }
    }
}
