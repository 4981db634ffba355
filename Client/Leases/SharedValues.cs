using System.Numerics;

namespace OrleansTokens.Client.Leases;

/// <summary>
/// Finds a value that is equal to one that just came, so that many decisions share one. It knows the latest few that hash alike; nothing
/// depends on whether it finds one.
/// </summary>
/// <param name="size">About how many values it knows at most.</param>
internal sealed class SharedValues<T>(int size)
    where T : class
{
    private const int Ways = 4;

    private readonly T?[] _values = new T?[BitOperations.RoundUpToPowerOf2((uint)Math.Max(size, Ways))];
    private uint _turn;

    /// <summary>An equal value that is known, or the value itself.</summary>
    public T Share(T value)
    {
        var first = FirstOf(value);
        for (var way = 0; way < Ways; way++)
        {
            if (Volatile.Read(ref _values[first + way]) is { } known && known.Equals(value))
            {
                return known;
            }
        }

        return value;
    }

    /// <summary>Has a value known, in a free place or in turn in that of another.</summary>
    public void Put(T value)
    {
        var first = FirstOf(value);
        var way = 0;
        while (way < Ways && Volatile.Read(ref _values[first + way]) is not null)
        {
            way++;
        }

        Volatile.Write(ref _values[first + (way < Ways ? way : (int)(_turn++ % Ways))], value);
    }

    /// <summary>An equal value that is known; otherwise the value is from now on.</summary>
    public T? ShareOrPut(T? value)
    {
        if (value is null)
        {
            return null;
        }

        var shared = Share(value);
        if (ReferenceEquals(shared, value))
        {
            Put(value);
        }

        return shared;
    }

    private int FirstOf(T value) => value.GetHashCode() & (_values.Length - Ways);
}
