using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using OrleansTokens.Client.Leases;
using OrleansTokens.DeployTokens;
using OrleansTokens.Leases;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests.Leases;

/// <summary>A client of a grid that gives leases, with a clock that stands until it is moved.</summary>
[SuppressMessage("Reliability", "CA2000", Justification = "What it makes lives as long as it does.")]
internal sealed class LeasedClient : IDisposable
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(4);
    public static readonly TimeSpan AMoment = TimeSpan.FromMilliseconds(1);
    public static readonly TimeSpan Remember = TimeSpan.FromSeconds(5);

    private readonly ServiceProvider _services;
    private readonly LeasedDecisions _leases;
    private IGrainFactory _grains;

    public LeasedClient(
        Action<DeployTokenClientOptions>? configure = null, int maxTold = ToldEpochs.DefaultCapacity, object? grid = null)
    {
        var options = new DeployTokenClientOptions { Deadline = TimeSpan.FromMinutes(1) };
        configure?.Invoke(options);
        _grains = GrainFactoryProxy.Over(grid ?? Grid);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton(new ClientMetrics(null));
        services.AddSingleton(s => new GridCalls(() => Grains, options.Deadline, Time, s.GetRequiredService<ClientMetrics>()));
        services.AddSingleton(s => new LeasedDecisions(
            s.GetRequiredService<GridCalls>(), options, Loss, LeaseClock.Of(Time), s.GetRequiredService<ClientMetrics>(), maxTold));
        services.AddSingleton(Loss);
        _services = services.AddDeployTokens().BuildServiceProvider();
        _leases = _services.GetRequiredService<LeasedDecisions>();
        Validator = _services.GetRequiredService<DeployTokenValidator>();
        Secret = Grid.Issue();
    }

    public CountingGrid Grid { get; } = new() { UsableFor = Length };

    public LateTime Time { get; } = new();

    public ConnectionLoss Loss { get; } = new();

    public DeployTokenValidator Validator { get; }

    public Secret Secret { get; }

    public ClientMetrics Metrics => _services.GetRequiredService<ClientMetrics>();

    private IGrainFactory Grains => Volatile.Read(ref _grains);

    public static TokenId Token => CountingGrid.Somebody.Token;

    public static NamespacePath Path(string text) => NamespacePath.TryParse(text, out var path) ? path : throw new ArgumentException(text);

    public ValueTask<Decision> AskAsync(
        string? username = null, RegistryAction action = RegistryAction.PullImage, string path = "acme/api", Secret? secret = null) =>
        Validator.ValidateAsync(
            username is null ? Credential.SecretOnly(secret ?? Secret) : Credential.WithUsername(username, secret ?? Secret),
            action, Resource.At(Path(path)));

    /// <summary>Whether a question is answered from memory.</summary>
    public async Task<bool> IsKeptAsync(string? username = null, RegistryAction action = RegistryAction.PullImage, string path = "acme/api")
    {
        var calls = Grid.TokenCalls;
        await AskAsync(username, action, path);
        return Grid.TokenCalls == calls;
    }

    /// <summary>As a silo does, over the reference that it was given.</summary>
    public Task TellAsync(long epoch, TokenId? token = null) => Grid.LastRequest!.Lessee!.RevokedAsync(token ?? Token, epoch, Remember);

    /// <summary>From now on there is another connection.</summary>
    public void Reconnect() => Volatile.Write(ref _grains, Grid.Factory);

    /// <summary>The number of decisions that are kept.</summary>
    public int Entries => Metrics.Entries;

    /// <summary>How many references to this client were made.</summary>
    public int References => Grid.References;

    public LeasedDecisions Leases => _leases;

    public void Dispose() => _services.Dispose();
}

/// <summary>Holds answers back, and says when one is there to be held.</summary>
internal sealed class Gate
{
    private readonly Channel<bool> _arrived = Channel.CreateUnbounded<bool>();
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task PassAsync()
    {
        _arrived.Writer.TryWrite(true);
        return _open.Task;
    }

    public Task ArrivedAsync() => _arrived.Reader.ReadAsync().AsTask();

    public void Open() => _open.SetResult();
}
