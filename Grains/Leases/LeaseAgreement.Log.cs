using Microsoft.Extensions.Logging;

namespace OrleansTokens.Grains.Leases;

internal sealed partial class LeaseAgreement
{
    [LoggerMessage(1205, LogLevel.Error, "Leases are of {Length} here and of {Other} at silo {Silo}. Grid:Leases:Length must be the same on all silos: this one decides nothing.")]
    private partial void LogOtherLength(TimeSpan length, SiloAddress silo, TimeSpan other);

    [LoggerMessage(1206, LogLevel.Warning, "Silo {Silo} did not say how long its leases are ({Fault}). This one decides nothing before all have said so, or are gone.")]
    private partial void LogNotAsked(SiloAddress silo, string fault);
}
