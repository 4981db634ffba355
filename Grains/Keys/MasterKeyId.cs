using System.Globalization;

namespace OrleansTokens.Grains.Keys;

/// <summary>
/// The public name of a master key, 8 lower-case hexadecimal digits: what is stored beside a digest or in a sealed box, and
/// what logs and errors may show. It derives from the key one-way.
/// </summary>
/// <param name="Value">The first four bytes of the key's fingerprint, big-endian.</param>
public readonly record struct MasterKeyId(uint Value)
{
    /// <summary>The length of the text form.</summary>
    internal const int TextLength = 8;

    /// <summary>Reads the text form.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MasterKeyId id)
    {
        var parsed = uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            && text.Length == TextLength
            && !text.ContainsAnyInRange('A', 'F');
        id = parsed ? new MasterKeyId(value) : default;
        return parsed;
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("x8", CultureInfo.InvariantCulture);
}
