namespace OrleansTokens.Histories;

/// <summary>Numbers that look random, and are the same for the same seed, on every machine and in every version (SplitMix64).</summary>
internal sealed class Chance(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A stream of its own, which does not depend on how much was drawn of others.</summary>
    public static Chance Of(ulong seed, int stream) => new(new Chance(seed ^ ((ulong)stream * 0xD1B54A32D192ED03UL)).Next());

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>From <paramref name="from"/> on, below <paramref name="to"/>.</summary>
    public int Between(int from, int to) => from + (int)(Next() % (ulong)(to - from));

    public bool OneIn(int many) => Between(0, many) == 0;

    public T Pick<T>(IReadOnlyList<T> of) => of[Between(0, of.Count)];
}
