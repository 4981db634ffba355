using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansTokens.DeployTokens;
using OrleansTokens.Installation;
using OrleansTokens.Leases;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Settings;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests;

/// <summary>A change has returned when it is obeyed.</summary>
public sealed class SettlingTests : IDisposable
{
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan AMoment = TimeSpan.FromMilliseconds(1);
    private static readonly OperatorId By = new(1);

    private readonly SettlingGrid _grid = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ServiceProvider _services;
    private readonly DeployTokenAdministration _administration;
    private readonly OperatorAdministration _operators;

    public SettlingTests()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton(GrainFactoryProxy.Over(_grid));
        services.AddDeployTokens().Configure<DeployTokenClientOptions>(static options => options.Deadline = TimeSpan.FromSeconds(1));
        _services = services.BuildServiceProvider();
        _administration = _services.GetRequiredService<DeployTokenAdministration>();
        _operators = _services.GetRequiredService<OperatorAdministration>();
    }

    public static TheoryData<string> Changes { get; } = [.. Calls.Keys];

    private static Dictionary<string, Func<SettlingTests, Task<object?>>> Calls => new()
    {
        ["change"] = static t => Boxed(t._administration.ChangeNamespaceAsync(
            new ProjectId(1).AsNamespace, new ChangeNamespace(null, null, null, null, Archived: true, By))),
        ["transfer"] = static t => Boxed(t._administration.TransferNamespaceAsync(new ProjectId(1).AsNamespace, new GroupId(2), By)),
        ["delete"] = static t => Boxed(t._administration.DeleteNamespaceAsync(new GroupId(1).AsNamespace, By)),
        ["revoke"] = static t => Boxed(t._administration.RevokeTokenAsync(new TokenId(7), By, "leaked")),
        ["destroy"] = static t => Boxed(t._administration.DestroyTokenAsync(new TokenId(7), By)),
        ["revoke all"] = static t => Boxed(t._administration.RevokeTokensAsync(new GroupId(1).AsNamespace, By, "leaked")),
        ["revoke by secret"] = static t => Boxed(t._administration.RevokeBySecretAsync(SettlingGrid.Keys.Issue(), By, "leaked")),
        ["create user"] = static t => Boxed(t._operators.CreateAsync(new CreateOperator("ann", "Ann", "", false, By))),
        ["change user"] = static t => Boxed(t._operators.ChangeAsync(By, new ChangeOperator("ann", null, null, null, null, By))),
        ["settings"] = static t => Boxed(t._administration.ChangeSettingsAsync(new ChangeApplicationSettings(), By)),
    };

    public void Dispose() => _services.Dispose();

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Change_WhenItSettlesLater_ReturnsThen(string change)
    {
        _grid.Settling = Settling;
        var call = Calls[change](this);
        _time.Advance(Settling - AMoment);
        Assert.False(call.IsCompleted);
        _time.Advance(AMoment);
        var answer = await call;
        Assert.Equal(TimeSpan.Zero, SettlingOf(answer));
        Assert.True(answer is not bool removed || removed);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Change_WhenItIsSettled_ReturnsAtOnce(string change) => Assert.NotNull(await Calls[change](this));

    [Fact]
    public async Task Change_WhenItClaimsToSettleMuchLater_ReturnsAfterTheLongestLease()
    {
        _grid.Settling = TimeSpan.MaxValue;
        var call = _administration.DestroyTokenAsync(new TokenId(7), By);
        _time.Advance(OrleansTokens.Client.Leases.Lease.MaxLength);
        Assert.True(await call);
    }

    [Fact]
    public async Task Change_WhenItsCallerGivesUpWhileItSettles_IsCancelled()
    {
        _grid.Settling = Settling;
        using var cancellation = new CancellationTokenSource();
        var call = _administration.DestroyTokenAsync(new TokenId(7), By, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    private static async Task<object?> Boxed<T>(Task<T> call) => await call;

    private static TimeSpan SettlingOf(object? answer) => answer switch
    {
        NamespaceView node => node.Settling,
        OperatorView user => user.Settling,
        RevocationReceipt receipt => receipt.Settling,
        SubtreeRevocationReceipt receipt => receipt.Settling,
        RevokedSecret revoked => revoked.Receipt!.Settling,
        ApplicationSettings settings => settings.Settling,
        _ => TimeSpan.Zero,
    };

    /// <summary>Grains that answer every change alike, at once, and say how long it takes to be obeyed.</summary>
    private sealed class SettlingGrid : IAnyGrain
    {
        public static CountingGrid Keys { get; } = new();

        public TimeSpan Settling { get; set; }

        public object Answer(MethodInfo asked) => asked.ReturnType.GetGenericArguments()[0] switch
        {
            var type when type == typeof(GatewayKeys) => Keys.GetGatewayKeysAsync(),
            var type when type == typeof(NamespaceView) => Task.FromResult(Node with { Settling = Settling }),
            var type when type == typeof(OperatorView) => Task.FromResult(User with { Settling = Settling }),
            var type when type == typeof(Removal) => Task.FromResult(new Removal(true, Settling)),
            var type when type == typeof(RevocationReceipt) =>
                Task.FromResult<RevocationReceipt?>(new RevocationReceipt(Token, AlreadyRevoked: false) { Settling = Settling }),
            var type when type == typeof(SubtreeRevocationReceipt) =>
                Task.FromResult(new SubtreeRevocationReceipt(Subtree) { Settling = Settling }),
            var type when type == typeof(ApplicationSettings) =>
                Task.FromResult(ApplicationSettings.Default with { Settling = Settling }),
            var type when type == typeof(Explanation) =>
                Task.FromResult(new Explanation(Token, new Decision(true, DenyReason.None, CountingGrid.Somebody, null), [])),
            var type => throw new NotSupportedException($"There is no {type}."),
        };

        private static SubtreeRevocation Subtree { get; } =
            new(new GroupId(1).AsNamespace, 1, DateTimeOffset.UnixEpoch, By, "leaked");

        private static DeployTokenView Token { get; } = new(
            new TokenId(7), new GroupId(1).AsNamespace, "ci", "ci", DeployTokenScopes.ReadRegistry, default, By, null, null, 1);

        private static OperatorView User { get; } = new(By, "ann", "Ann", "", false, false, default, new GroupId(1));

        private static NamespaceView Node { get; } = new(
            new GroupId(1).AsNamespace, default, Slug.Parse("acme"), "Acme", "", Visibility.Private, false, default, new Lineage([]), 1);
    }
}
