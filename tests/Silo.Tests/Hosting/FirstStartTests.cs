using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Installation;
using OrleansTokens.Silo.Hosting;
using OrleansTokens.Silo.Tests.Http;
using ErrorCode = OrleansTokens.Errors.ErrorCode;

namespace OrleansTokens.Silo.Tests.Hosting;

/// <summary>A first start on a machine, or a disk, that is busy.</summary>
public sealed class FirstStartTests : IInstallationGrain
{
    private const string Token = "an-operator-token-for-tests";

    private static readonly TokenAuthorityException Unavailable = new("The disk is busy.");

    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();
    private readonly Secret _made = Secret.TryCreate(Token, out var made) ? made : throw new ArgumentException(Token);
    private readonly List<string> _calls = [];

    private Func<int, Task> OnConfirm { get; set; } = static _ => Task.CompletedTask;

    private Func<int, Task<Secret?>> OnEnsure { get; set; } = static _ => Task.FromResult<Secret?>(null);

    [Fact]
    public async Task Run_WhenNothingIsLate_SaysTheTokenAndLogsNothing()
    {
        OnEnsure = _ => Task.FromResult<Secret?>(_made);
        var start = Create();
        Assert.False(start.Completed);
        Assert.Same(_made, await start.RunAsync());
        Assert.True(start.Completed);
        Assert.Equal(["confirm", "ensure"], _calls);
        Assert.Empty(_log.Lines);
    }

    [Fact]
    public async Task Run_WhenAnswersAreLateForAWhile_TriesAgainWithAWarningEach()
    {
        OnConfirm = static attempt => attempt < 3 ? throw new TimeoutException("No answer to a request with " + Token) : Task.CompletedTask;
        OnEnsure = attempt => attempt < 2 ? throw Unavailable : Task.FromResult<Secret?>(_made);
        var start = Create();
        var running = start.RunAsync();
        for (var i = 0; i < 3; i++)
        {
            Assert.False(running.IsCompleted);
            _time.Advance(FirstStart.RetryAfter);
        }

        Assert.Same(_made, await running);
        Assert.Equal(["confirm", "confirm", "confirm", "ensure", "ensure"], _calls);
        Assert.Equal([LogLevel.Warning, LogLevel.Warning, LogLevel.Warning], _log.Lines.Select(static line => line.Level));
        Assert.Contains(Unavailable.Message, _log.Lines[2].Text, StringComparison.Ordinal);
        Assert.DoesNotContain(_log.Lines, static line => line.Text.Contains(Token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_WhenTheTokenMayHaveBeenMadeInAnAttemptThatFailed_SaysWhatToDo()
    {
        OnEnsure = static attempt => attempt < 2 ? throw new TimeoutException() : Task.FromResult<Secret?>(null);
        var running = Create().RunAsync();
        _time.Advance(FirstStart.RetryAfter);
        Assert.Null(await running);
        Assert.Contains("set Grid:AdminToken", _log.Lines[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WhenTheTokenIsGiven_HasNothingToSayOfIt()
    {
        OnEnsure = static attempt => attempt < 2 ? throw new TimeoutException() : Task.FromResult<Secret?>(null);
        var running = Create(("Grid:AdminToken", Token)).RunAsync();
        _time.Advance(FirstStart.RetryAfter);
        Assert.Null(await running);
        Assert.Single(_log.Lines);
    }

    [Fact]
    public async Task Run_WhenItStaysLate_EndsAfterAMinuteInOneLineForTheOperator()
    {
        OnConfirm = static _ => throw new TimeoutException();
        var start = Create();
        var running = start.RunAsync();
        for (var waited = TimeSpan.Zero; waited < FirstStart.Limit && !running.IsCompleted; waited += FirstStart.RetryAfter)
        {
            _time.Advance(FirstStart.RetryAfter);
        }

        await EndsInOneLineAsync(running);
        Assert.False(start.Completed);
    }

    [Fact]
    public async Task Run_WhenThereIsNoAnswerAtAll_EndsAfterAMinuteInOneLineForTheOperator()
    {
        OnEnsure = static _ => new TaskCompletionSource<Secret?>().Task;
        var running = Create().RunAsync();
        _time.Advance(FirstStart.Limit - FirstStart.RetryAfter);
        Assert.False(running.IsCompleted);
        _time.Advance(FirstStart.RetryAfter);
        await EndsInOneLineAsync(running);
    }

    [Fact]
    public async Task Run_WhenTheMasterKeyIsAnother_EndsAtOnce()
    {
        OnConfirm = static _ => throw new TokenAuthorityException(ErrorCode.Conflict, "another key");
        Assert.Equal(ErrorCode.Conflict, (await Assert.ThrowsAsync<TokenAuthorityException>(() => Create().RunAsync())).Code);
        Assert.Equal(["confirm"], _calls);
    }

    [Fact]
    public async Task Run_WhenToldToStop_Stops()
    {
        using var stopping = new CancellationTokenSource();
        OnConfirm = static _ => throw new TimeoutException();
        var running = Create().RunAsync(stopping.Token);
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    Task IInstallationGrain.ConfirmMasterKeyAsync()
    {
        _calls.Add("confirm");
        return OnConfirm(_calls.Count(static call => call == "confirm"));
    }

    Task<Secret?> IInstallationGrain.EnsureAdministratorAsync(Secret? given)
    {
        _calls.Add("ensure");
        return OnEnsure(_calls.Count(static call => call == "ensure"));
    }

    Task<GatewayKeys> IInstallationGrain.GetGatewayKeysAsync() => throw new NotSupportedException("Not asked here.");

    private static async Task EndsInOneLineAsync(Task running)
    {
        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(() => running);
        Assert.Contains("60 seconds", Assert.Single(GridProcess.Explain(fault)!), StringComparison.Ordinal);
    }

    private FirstStart Create(params (string Name, string Value)[] more)
    {
        var values = more.Append(("Grid:DataDirectory", Path.GetTempPath())).Select(static v => KeyValuePair.Create(v.Item1, (string?)v.Item2));
        Assert.True(GridSettings.TryRead(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), out var settings, out _));
        return new FirstStart(StubGrains.Of((typeof(IInstallationGrain), this)), settings, _time, _log);
    }

    private sealed class LogLines : ILogger<FirstStart>
    {
        public List<(LogLevel Level, string Text)> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add((logLevel, formatter(state, exception)));
    }
}
