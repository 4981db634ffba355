using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Crashes;

/// <summary>One operation that is made to fail at each of its steps. A new instance for every failure.</summary>
public abstract class Scenario(Grid grid)
{
    protected Grid Grid { get; } = grid;

    /// <summary>Makes what the operation needs.</summary>
    public abstract Task ArrangeAsync();

    /// <summary>The operation, as its caller sees it.</summary>
    public abstract Task ActAsync();

    /// <summary>
    /// What must hold after a fault, whatever came of the operation. If it was acknowledged, it must have been done.
    /// </summary>
    public abstract Task CheckAsync(bool acknowledged);

    /// <summary>Asks for the same again, as its caller would. It must succeed, or say that it is done.</summary>
    public virtual Task RetryAsync() => ActAsync();

    /// <summary>Lets whatever goes on in the background come to its end.</summary>
    public virtual Task QuietAsync() => Task.CompletedTask;

    /// <summary>What must hold of every node that exists: its path leads to it, its group lists it, and its name is nobody else's.</summary>
    protected async Task SoundAsync(NamespaceView node)
    {
        var resolved = await Grid.ResolveAsync(node.FullPath);
        Assert.Equal((node.Id, false), (resolved.Target, resolved.Redirected));
        Assert.Contains(node.Id, await Listing.OfAsync(Grid, node.Parent));
    }

    protected async Task<NamespaceView> ExistingAsync(NamespaceId id) =>
        await Grid.GetAsync(id) ?? throw new InvalidOperationException($"The {id} is lost.");

    protected Task<string> PullAsync(OrleansTokens.DeployTokens.IssuedDeployToken token, ProjectId project) =>
        Outcome.OfAsync(() => Grid.ValidateAsync(token, RegistryAction.PullImage, project));
}
