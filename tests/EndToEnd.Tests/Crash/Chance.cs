namespace OrleansTokens.EndToEnd.Tests.Crash;

/// <summary>Numbers that follow from a seed, so that a run can be repeated (SplitMix64).</summary>
internal sealed class Chance(int seed)
{
    private readonly Lock _lock = new();
    private ulong _state = unchecked((ulong)seed);

    public int Next()
    {
        lock (_lock)
        {
            _state += 0x9E3779B97F4A7C15;
            var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
            return (int)((mixed ^ (mixed >> 31)) & int.MaxValue);
        }
    }

    /// <summary>At least <paramref name="least"/>, less than <paramref name="most"/>.</summary>
    public int Between(int least, int most) => least + (Next() % (most - least));
}
