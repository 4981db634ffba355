using System.Collections.Concurrent;
using OrleansTokens.Client;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Histories.Wire;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Histories.Clients;

/// <summary>Asks everything it is to watch again and again, and writes down what it was answered.</summary>
internal sealed class Watcher(DeployTokenValidator validator, TimeSpan pace, int maxUnderWay)
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(5);

    private readonly ConcurrentDictionary<(int History, int Subject), Watched> _watched = [];

    public void Watch(WatchMessage message) => _watched[(message.History, message.Subject)] = new Watched(message);

    /// <summary>Asks forever.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            foreach (var (_, watched) in _watched)
            {
                if (!watched.OnDemand && watched.UnderWay < maxUnderWay)
                {
                    _ = ValidateAsync(watched);
                }
            }

            await Clock.DelayAsync(pace);
        }
    }

    /// <summary>Asks once; says what was seen, as <see cref="SeenMessage"/> does.</summary>
    public async Task<long[]> AskAsync(AskMessage message) => await ValidateAsync(_watched[(message.History, message.Subject)]);

    /// <summary>Goes no further with a history, and says all that was seen of it.</summary>
    public async Task<long[]> CollectAsync(int history)
    {
        var collected = new List<long>();
        foreach (var (key, watched) in _watched.Where(w => w.Key.History == history).OrderBy(static w => w.Key.Subject))
        {
            _watched.TryRemove(key, out _);
            while (watched.UnderWay > 0)
            {
                await Clock.DelayAsync(LookAgainAfter);
            }

            collected.AddRange(watched.Seen);
        }

        return [.. collected];
    }

    private async Task<long[]> ValidateAsync(Watched watched)
    {
        watched.Begin();
        var begin = Clock.Now;
        long outcome;
        try
        {
            var decision = await validator.ValidateAsync(watched.Credential, watched.Action, watched.Resource);
            outcome = decision.Allowed ? 0 : (long)decision.Reason;
        }
        catch (TokenAuthorityException)
        {
            outcome = -1;
        }

        long[] seen = [watched.Subject, begin, Clock.Now, outcome];
        watched.End(seen);
        return seen;
    }

    private sealed class Watched(WatchMessage message)
    {
        private readonly List<long> _seen = [];
        private int _underWay;

        public int Subject => message.Subject;

        public RegistryAction Action => (RegistryAction)message.Action;

        public Credential Credential { get; } = Credential.WithUsername(
            message.Username, Secret.TryCreate(message.Secret, out var secret) ? secret : throw new ArgumentException("No secret."));

        public Resource Resource { get; } = ResourceOf(message);

        public bool OnDemand => message.OnDemand;

        public int UnderWay => Volatile.Read(ref _underWay);

        public IReadOnlyList<long> Seen => _seen;

        public void Begin() => Interlocked.Increment(ref _underWay);

        public void End(long[] seen)
        {
            lock (_seen)
            {
                _seen.AddRange(seen);
            }

            Interlocked.Decrement(ref _underWay);
        }

        private static Resource ResourceOf(WatchMessage message) => message switch
        {
            { Path: { } text } => NamespacePath.TryParse(text, out var path)
                ? message.IsGroup ? Resource.GroupAt(path) : Resource.Within(path)
                : throw new ArgumentException("No path."),
            { Id: 0 } => default,
            _ => message.IsGroup ? Resource.Of(new GroupId(message.Id)) : Resource.Of(new ProjectId(message.Id)),
        };
    }
}
