
namespace OrleansTokens.Client.Leases;

/// <summary>Says when the last connection to the authority is lost: it cannot tell this client of revocations then.</summary>
internal sealed class ConnectionLoss : IClusterConnectionStatusObserver
{
    /// <summary>There is no connection any more.</summary>
    public event Action? Lost;

    public void NotifyClusterConnectionLost() => Lost?.Invoke();

    public void NotifyGatewayCountChanged(int currentNumberOfGateways, int previousNumberOfGateways, bool connectionRecovered)
    {
        // One that is left is enough.
    }
}
