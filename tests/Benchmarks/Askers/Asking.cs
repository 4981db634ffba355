using System.Diagnostics;
using OrleansTokens.Client;
using OrleansTokens.Errors;
using OrleansTokens.Validation;

namespace OrleansTokens.Benchmarks;

/// <summary>What is asked.</summary>
internal interface ITarget
{
    /// <summary>How many different credentials there are.</summary>
    int Count { get; }

    /// <summary>Shows one of them; says whether it is allowed.</summary>
    ValueTask<bool> AskAsync(int index);
}

/// <summary>The client library.</summary>
internal sealed class LibraryTarget(DeployTokenValidator validator, Shown[] shown) : ITarget
{
    public int Count => shown.Length;

    public async ValueTask<bool> AskAsync(int index) =>
        (await validator.ValidateAsync(shown[index].Credential, RegistryAction.DownloadCode, shown[index].Resource)).Allowed;
}

/// <summary>A grain, with nothing between.</summary>
internal sealed class BareTarget(IGrainFactory grains, Shown[] shown) : ITarget
{
    public int Count => shown.Length;

    public async ValueTask<bool> AskAsync(int index)
    {
        var request = new ValidationRequest(shown[index].Credential, [new Question(RegistryAction.DownloadCode, shown[index].Resource)]);
        return (await grains.GetGrain<IEchoGrain>(shown[index].Id).EchoAsync(request)).Decisions[0].Allowed;
    }
}

/// <summary>Callers that ask, each again when it has its answer.</summary>
internal sealed class Asking(ITarget target, AskerOrder order)
{
    private const int Allowed = 200;
    private const int Denied = 401;
    private const int Unavailable = 503;

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private int _next = -1;

    public async Task<LoadResult> RunAsync()
    {
        var tallies = await Task.WhenAll(Enumerable.Range(0, order.Callers).Select(number => Task.Run(() => AskAsync(number))));
        return Tally.Sum(tallies, _clock.Elapsed);
    }

    private async Task<Tally> AskAsync(int number)
    {
        var tally = new Tally();
        var once = order.Seconds == 0;
        var pace = new Pace(_clock, order.PerSecond, order.Callers);
        for (var asked = 0; once || _clock.Elapsed.TotalSeconds < order.Seconds; asked++)
        {
            var at = once ? Interlocked.Increment(ref _next) : ((number * (target.Count / order.Callers)) + asked) % target.Count;
            if (at >= target.Count)
            {
                break;
            }

            await pace.WaitAsync(number, asked);
            var started = _clock.Elapsed;
            var status = await StatusAsync(at);
            tally.Note(started, _clock.Elapsed, status, status != Allowed);
        }

        return tally;
    }

    private async ValueTask<int> StatusAsync(int index)
    {
        try
        {
            return await target.AskAsync(index) ? Allowed : Denied;
        }
        catch (TokenAuthorityException)
        {
            return Unavailable;
        }
    }
}
