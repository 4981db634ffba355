using System.Buffers;
using System.Globalization;
using System.Text;

namespace OrleansTokens.Silo.Storage;

/// <summary>
/// Grain ids and state names as text keys: readable for a person with a database shell, and different for different input, whatever
/// characters it holds. Control characters, percent signs, and bytes that are not text are written as <c>%XX</c>; a slash in a grain
/// type as well, since the first slash ends the type.
/// </summary>
/// <remarks>
/// A grain key with an unpaired surrogate never comes this far: <see cref="GrainId"/> holds UTF-8, and Orleans replaces the surrogate
/// with U+FFFD when it makes the id, so to Orleans itself such keys are one grain. In a state name, which is UTF-16, unpaired
/// surrogates are kept apart as <c>%uXXXX</c>.
/// </remarks>
internal static class RecordKey
{
    private static readonly SearchValues<byte> PlainBytes = SearchValues.Create(PrintableAsciiExceptPercent());
    private static readonly SearchValues<char> PlainChars =
        SearchValues.Create(Encoding.ASCII.GetString(PrintableAsciiExceptPercent()));

    /// <summary>The key of a grain: type, slash, key.</summary>
    public static string OfGrain(GrainId grain)
    {
        var type = grain.Type.AsSpan();
        var key = grain.Key.AsSpan();
        if (IsPlain(type) && !type.Contains((byte)'/') && IsPlain(key))
        {
            return string.Concat(Encoding.ASCII.GetString(type), "/", Encoding.ASCII.GetString(key));
        }

        var text = new StringBuilder(type.Length + key.Length + 16);
        Escape(text, type, escapeSlash: true);
        text.Append('/');
        Escape(text, key, escapeSlash: false);
        return text.ToString();
    }

    /// <summary>The key of a state within its grain.</summary>
    public static string OfState(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!name.AsSpan().ContainsAnyExcept(PlainChars))
        {
            return name;
        }

        var text = new StringBuilder(name.Length + 16);
        for (var rest = name.AsSpan(); !rest.IsEmpty;)
        {
            if (Rune.DecodeFromUtf16(rest, out var rune, out var length) == OperationStatus.Done)
            {
                Append(text, rune, escapeSlash: false);
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"%u{(int)rest[0]:X4}");
            }

            rest = rest[length..];
        }

        return text.ToString();
    }

    private static bool IsPlain(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(PlainBytes);

    private static void Escape(StringBuilder text, ReadOnlySpan<byte> utf8, bool escapeSlash)
    {
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out var rune, out var length) == OperationStatus.Done)
            {
                Append(text, rune, escapeSlash);
            }
            else
            {
                AppendEscaped(text, utf8[..length]);
            }

            utf8 = utf8[length..];
        }
    }

    private static void Append(StringBuilder text, Rune rune, bool escapeSlash)
    {
        if (rune.Value == '%' || Rune.IsControl(rune) || (escapeSlash && rune.Value == '/'))
        {
            Span<byte> utf8 = stackalloc byte[4];
            AppendEscaped(text, utf8[..rune.EncodeToUtf8(utf8)]);
        }
        else
        {
            text.Append(rune.ToString());
        }
    }

    private static void AppendEscaped(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            text.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
        }
    }

    private static byte[] PrintableAsciiExceptPercent() =>
        [.. Enumerable.Range(0x20, 0x7F - 0x20).Where(c => c != '%').Select(c => (byte)c)];
}
