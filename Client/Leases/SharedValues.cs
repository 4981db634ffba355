using System.Numerics;

namespace OrleansTokens.Client.Leases;

/// <summary>
/// Finds a value that is equal to one that just came, so that many decisions share one: of those that hash alike it knows the latest.
/// Nothing depends on whether it finds one.
/// </summary>
/// <param name="size">About how many values it knows at most.</param>
internal sealed class SharedValues<T>(int size)
    where T : class
{
    private readonly T?[] _values = new T?[BitOperations.RoundUpToPowerOf2((uint)Math.Max(size, 1))];

    /// <summary>An equal value that is known, or the value itself.</summary>
    public T Share(T value) => Volatile.Read(ref PlaceOf(value)) is { } known && known.Equals(value) ? known : value;

    /// <summary>Has a value known.</summary>
    public void Put(T value) => Volatile.Write(ref PlaceOf(value), value);

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

    private ref T? PlaceOf(T value) => ref _values[value.GetHashCode() & (_values.Length - 1)];
}
