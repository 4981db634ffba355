using System.Collections.Concurrent;
using OrleansTokens.Histories.Checking;
using OrleansTokens.Histories.Planning;
using OrleansTokens.Histories.Store;

namespace OrleansTokens.Histories.Running;

/// <summary>Does to a cluster what was planned.</summary>
internal sealed class Nemesis(Cluster cluster)
{
    private static readonly TimeSpan HeldUp = TimeSpan.FromSeconds(2.5);

    private readonly ConcurrentQueue<FaultLog> _log = [];

    /// <summary>What was done.</summary>
    public IReadOnlyList<FaultLog> Log => [.. _log.OrderBy(static f => f.Begin)];

    /// <summary>Does all of it; completes when the last fault is over, though what it has left behind may not be mended.</summary>
    public Task RunAsync(IEnumerable<PlannedFault> faults, long start) => Task.WhenAll(faults.Select(fault => RunAsync(fault, start)));

    private async Task RunAsync(PlannedFault fault, long start)
    {
        await Clock.DelayAsync(TimeSpan.FromTicks(start - Clock.Now) + fault.At);
        var began = Clock.Now;
        var end = Begin(fault);
        await Clock.DelayAsync(fault.Duration);
        end();
        _log.Enqueue(new FaultLog(fault.ToString(), began, Clock.Now));
    }

    /// <summary>Begins a fault; says what ends it.</summary>
    private Action Begin(PlannedFault fault)
    {
        var silo = cluster.Slots[fault.Silo];
        switch (fault.Kind)
        {
            case FaultKind.Kill:
                silo.Process?.Kill();
                return () => StartIfGone(fault.Silo);
            case FaultKind.Stop:
                silo.Process?.Stop();
                return () => StartIfGone(fault.Silo);
            case FaultKind.Join:
                StartIfGone(cluster.Slots.Count - 1);
                return static () => { };
            case FaultKind.PauseSilo:
                return Pause(silo.Process);
            case FaultKind.PauseClient:
                return Pause(cluster.Clients[fault.Other]);
            case FaultKind.CutSilos or FaultKind.StallSilos:
                return cluster.Links.Break(
                    fault.Silo, fault.Other, fault.Kind == FaultKind.CutSilos ? LinkFault.Cut : LinkFault.Stalled);
            case FaultKind.StallOneWay:
                return cluster.Links.StallOneWay(fault.Silo, fault.Other);
            case FaultKind.CutClient:
                return cluster.Links.BreakClient(fault.Other, fault.Silo, LinkFault.Cut);
            case FaultKind.StallClient:
                return cluster.Links.BreakClient(fault.Other, fault.Silo, LinkFault.Stalled);
            case FaultKind.StallAnswers:
                return cluster.Links.BreakClient(fault.Other, fault.Silo, LinkFault.Unanswered);
            case FaultKind.DeclareDead:
                cluster.Store.DeclareDead(silo.Process?.Name ?? "");
                return () => StartIfGone(fault.Silo);
            default:
                return cluster.Store.Inject(silo.Name, OfStorage(fault));
        }
    }

    private static StorageFault OfStorage(PlannedFault fault)
    {
        var (kind, areas, delay) = fault.Kind switch
        {
            FaultKind.StorageFails => (StorageFaultKind.Fails, StorageAreas.Grains, default),
            FaultKind.StorageSlow => (StorageFaultKind.IsSlow, StorageAreas.All, fault.Duration / 4),
            FaultKind.StorageSilent => (StorageFaultKind.AppliesAndIsSilent, StorageAreas.Grains, default),
            FaultKind.StorageLate => (StorageFaultKind.AppliesLate, StorageAreas.Grains, HeldUp),
            FaultKind.ReadsLate => (StorageFaultKind.AnswersReadsLate, StorageAreas.Grains, fault.Duration / 2),
            FaultKind.MembershipAway => (StorageFaultKind.Fails, StorageAreas.Membership, default),
            _ => throw new InvalidOperationException($"{fault.Kind} is no fault of storage."),
        };
        return new StorageFault(kind, fault.Areas ?? areas, fault.Delay ?? delay);
    }

    private static Action Pause(ChildProcess? process)
    {
        process?.Pause();
        return () => process?.Resume();
    }

    /// <summary>One that does not come up in time is started again when the cluster is healed.</summary>
    private void StartIfGone(int slot)
    {
        if (!cluster.Slots[slot].IsRunning)
        {
            _ = cluster.StartSiloAsync(slot).ContinueWith(static started => _ = started.Exception, TaskScheduler.Default);
        }
    }
}
