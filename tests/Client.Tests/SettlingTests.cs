using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Client.Tests;

public sealed class SettlingTests
{
    private static readonly TimeSpan AMoment = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task RevokeTokens_WhenOthersMayStillGoByWhatWasBefore_ReturnsOnlyAfterThat()
    {
        var time = new FakeTimeProvider();
        await using var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(time)
            .AddSingleton(GrainFactoryProxy.Over(GroupProxy.Create(Settling)))
            .AddDeployTokens()
            .BuildServiceProvider();
        var returned = services.GetRequiredService<DeployTokenAdministration>()
            .RevokeTokensAsync(new GroupId(17).AsNamespace, new OperatorId(1), "leaked");

        time.Advance(Settling - AMoment);
        Assert.False(returned.IsCompleted);
        time.Advance(AMoment);
        Assert.Equal(TimeSpan.Zero, (await returned).Settling);
    }
}

/// <summary>A group that answers nothing but that its tokens are revoked.</summary>
public class GroupProxy : DispatchProxy
{
    private static readonly SubtreeRevocation Revocation = new(
        new GroupId(17).AsNamespace, 1, DateTimeOffset.UnixEpoch, new OperatorId(1), "leaked");

    private TimeSpan _settling;

    public static IGroupGrain Create(TimeSpan settling)
    {
        var group = Create<IGroupGrain, GroupProxy>();
        ((GroupProxy)(object)group)._settling = settling;
        return group;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod?.Name == nameof(INamespaceGrain.RevokeTokensAsync)
            ? Task.FromResult(new SubtreeRevocationReceipt(Revocation) { Settling = _settling })
            : throw new OrleansException("There is no silo.");
}
