using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;

namespace OrleansTokens.Silo.Http;

/// <summary>The one decoder of percent-encoded text. It decodes exactly once and never guesses: a broken escape or a
/// byte sequence that is not UTF-8 is reported, and never replaced.</summary>
internal static class PercentEncoding
{
    public const string NotUtf8 = "is not valid UTF-8";
    public const string BrokenEscape = "contains an invalid percent-encoding";

    /// <summary>Decodes one segment, name or value. Returns false with a complaint that reads after a field's name.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, bool plusIsSpace, out string text, out string? complaint)
    {
        text = string.Empty;
        var decoded = new byte[encoded.Length];
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var next = encoded[i];
            if (next == (byte)'%')
            {
                if (i + 2 >= encoded.Length || !TryHex(encoded[i + 1], encoded[i + 2], out next))
                {
                    complaint = BrokenEscape;
                    return false;
                }

                i += 2;
            }
            else if (plusIsSpace && next == (byte)'+')
            {
                next = (byte)' ';
            }

            decoded[length++] = next;
        }

        return TryUtf8(decoded.AsSpan(0, length), out text, out complaint);
    }

    /// <summary>Decodes text held as characters, as a request line is.</summary>
    public static bool TryDecode(string encoded, bool plusIsSpace, out string text, out string? complaint) =>
        TryDecode(Encoding.UTF8.GetBytes(encoded), plusIsSpace, out text, out complaint);

    /// <summary>Reads bytes as UTF-8, refusing what is not.</summary>
    public static bool TryUtf8(ReadOnlySpan<byte> bytes, out string text, out string? complaint)
    {
        if (!Utf8.IsValid(bytes))
        {
            text = string.Empty;
            complaint = NotUtf8;
            return false;
        }

        text = Encoding.UTF8.GetString(bytes);
        complaint = null;
        return true;
    }

    private static bool TryHex(byte high, byte low, out byte value)
    {
        value = 0;
        if (!char.IsAsciiHexDigit((char)high) || !char.IsAsciiHexDigit((char)low))
        {
            return false;
        }

        ReadOnlySpan<byte> digits = [high, low];
        return Utf8Parser.TryParse(digits, out value, out var consumed, 'X') && consumed == 2;
    }
}
