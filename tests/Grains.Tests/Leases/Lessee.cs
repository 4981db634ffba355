using OrleansTokens.DeployTokens;
using OrleansTokens.Leases;

namespace OrleansTokens.Grains.Tests.Leases;

/// <summary>Somebody who keeps decisions, and writes down what it is told.</summary>
internal sealed class Lessee : ILeaseObserver
{
    private readonly List<(TokenId Token, long Epoch)> _told = [];

    /// <summary>What it waits for before it acknowledges.</summary>
    public Task Acknowledges { get; set; } = Task.CompletedTask;

    public IReadOnlyList<(TokenId Token, long Epoch)> Told
    {
        get
        {
            lock (_told)
            {
                return [.. _told];
            }
        }
    }

    public Task RevokedAsync(TokenId token, long epoch, TimeSpan remember)
    {
        lock (_told)
        {
            _told.Add((token, epoch));
        }

        return Acknowledges;
    }
}
