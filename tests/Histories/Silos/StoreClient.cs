using OrleansTokens.Histories.Wire;

namespace OrleansTokens.Histories.Silos;

/// <summary>Asks the storage of the coordinator, and gives up after a while, as a database driver does.</summary>
internal sealed class StoreClient(Peer coordinator)
{
    private static readonly TimeSpan GivesUpAfter = TimeSpan.FromSeconds(2);

    public Task<TOut> CallAsync<TIn, TOut>(string operation, TIn body, CancellationToken cancellation) =>
        coordinator.CallAsync<TIn, TOut>(operation, body).WaitAsync(GivesUpAfter, TimeProvider.System, cancellation);
}
