using System.Collections.Concurrent;

namespace OrleansTokens.Grains.Tests.Fixture;

/// <summary>Counts the calls that grains of this project get, by interface and method.</summary>
public sealed class CallCounter : IIncomingGrainCallFilter
{
    private readonly ConcurrentDictionary<string, int> _calls = new();

    public int Total => _calls.Values.Sum();

    public IReadOnlyDictionary<string, int> Calls => new SortedDictionary<string, int>(_calls.ToDictionary());

    public void Clear() => _calls.Clear();

    public int Of(string method) => _calls.GetValueOrDefault(method);

    public Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.InterfaceMethod.DeclaringType is { } type && type.Namespace!.StartsWith("OrleansTokens", StringComparison.Ordinal))
        {
            _calls.AddOrUpdate($"{type.Name}.{context.InterfaceMethod.Name}", 1, static (_, n) => n + 1);
        }

        return context.Invoke();
    }
}
