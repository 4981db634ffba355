using Microsoft.Extensions.Logging;
using OrleansTokens.DeployTokens;
using OrleansTokens.Leases;

namespace OrleansTokens.Grains.Leases;

/// <summary>Tells every silo, and through them everybody who holds a lease, that a token is dead.</summary>
internal sealed partial class Revoker(
    SiloLiveness membership,
    LeaseServices silos,
    LeaseOptions options,
    LeaseAgreement agreement,
    LeaseClock clock,
    TimeProvider time,
    ILogger<Revoker> logger)
{
    /// <summary>Who has not acknowledged by then is not waited for here, but by whoever revokes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Tells, and waits for the acknowledgements.</summary>
    /// <param name="token">The token.</param>
    /// <param name="epoch">The epoch of its record from which on it is dead.</param>
    /// <param name="durableSince">When it was known that this is durable.</param>
    /// <returns>For how long somebody may still go by what was before: zero where all have acknowledged.</returns>
    public async Task<TimeSpan> TellAsync(TokenId token, long epoch, long durableSince)
    {
        var end = durableSince + agreement.Longest.Ticks;
        if (clock.Now >= end)
        {
            return TimeSpan.Zero; // What was decided before it was durable is too old by now, everywhere.
        }

        try
        {
            var patience = TimeSpan.FromTicks(Math.Min(Patience.Ticks, end - clock.Now));
            if (await TellAllAsync(token, epoch).WaitAsync(patience, time))
            {
                return TimeSpan.Zero;
            }
        }
        catch (Exception fault) when (options.Protections.Hold(LeaseProtection.WaitForTheSilent))
        {
            LogSilent(token.Value, fault.GetType().Name);
        }
        catch (Exception)
        {
            return TimeSpan.Zero;
        }

        return TimeSpan.FromTicks(Math.Max(0, end - clock.Now));
    }

    /// <summary>Whether all who may hold anything are known to have acknowledged.</summary>
    private async Task<bool> TellAllAsync(TokenId token, long epoch)
    {
        var before = options.Protections.Hold(LeaseProtection.MembershipAfterWrite) ? null : membership.Last;
        var reading = before ?? await membership.ReadAsync(notBefore: clock.Now);
        var everySilo = options.Protections.Hold(LeaseProtection.TellEverySilo);
        await Task.WhenAll(reading.Silos.Where(silo => everySilo || silos.IsOwn(silo)).Select(silo => silos.TellAsync(silo, token, epoch)));

        // A silo that has come or gone lately may have been alive to somebody and not to this reading.
        return !options.Protections.Hold(LeaseProtection.MembershipUnchanged)
            || reading.Start - reading.UnchangedSince >= agreement.Longest.Ticks;
    }
}
