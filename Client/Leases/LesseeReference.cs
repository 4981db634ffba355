using OrleansTokens.Leases;

namespace OrleansTokens.Client.Leases;

/// <summary>What the authority calls this client by, to tell it of dead tokens: one reference for each connection.</summary>
/// <param name="observer">Who is told. The connection itself holds it weakly.</param>
internal sealed class LesseeReference(ILeaseObserver observer)
{
    private readonly Lock _lock = new();
    private Made? _made;

    /// <summary>The reference that goes with a connection.</summary>
    /// <returns>The reference, and whether it replaces one of another connection, at which nobody can be told any more.</returns>
    public async ValueTask<(ILeaseObserver Reference, bool IsAnother)> GetAsync(IGrainFactory grains) =>
        Volatile.Read(ref _made) is { } made && ReferenceEquals(made.Grains, grains)
            ? (made.Reference, false)
            // Not where the caller is: Orleans makes no references in the turn of a grain.
            : await Task.Run(() => Make(grains));

    private (ILeaseObserver Reference, bool IsAnother) Make(IGrainFactory grains)
    {
        lock (_lock)
        {
            var former = _made;
            if (former is null || !ReferenceEquals(former.Grains, grains))
            {
                Volatile.Write(ref _made, new Made(grains, grains.CreateObjectReference<ILeaseObserver>(observer)));
            }

            return (_made!.Reference, former is not null && !ReferenceEquals(former.Grains, grains));
        }
    }

    private sealed record Made(IGrainFactory Grains, ILeaseObserver Reference);
}
