namespace OrleansTokens.Silo.Http.OAuth;

/// <summary>
/// The parameters of an OAuth request: an urlencoded form in which none is repeated (RFC 6749 §3.1). One without a value counts as absent.
/// </summary>
internal sealed class OAuthForm
{
    private readonly Dictionary<string, string?> _values;
    private readonly HashSet<string> _repeated;

    private OAuthForm(Dictionary<string, string?> values, HashSet<string> repeated) => (_values, _repeated) = (values, repeated);

    /// <summary>Whether a parameter was sent more than once.</summary>
    public bool IsRepeated(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_repeated.Contains(name))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether any parameter was sent more than once.</summary>
    public bool HasRepeated => _repeated.Count > 0;

    /// <summary>Whether a parameter was sent, with a value.</summary>
    public bool Has(string name) => _values.ContainsKey(name);

    /// <summary>The value; null where the parameter was not sent, or has bytes that are no text: such a value is nobody's id, secret or
    /// token, and no fault in the request either, since tokens are opaque to whoever asks about them.</summary>
    public string? this[string name] => _values.GetValueOrDefault(name);

    /// <summary>Reads a body; null where it is no urlencoded form.</summary>
    public static OAuthForm? Parse(ReadOnlySpan<byte> body)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        var repeated = new HashSet<string>(StringComparer.Ordinal);
        var count = 0;
        foreach (var range in body.Split((byte)'&'))
        {
            var pair = body[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf((byte)'=');
            var encoded = equals < 0 ? default : pair[(equals + 1)..];
            if (++count > HttpLimits.MaxParameters
                || !PercentEncoding.TryDecode(equals < 0 ? pair : pair[..equals], plusIsSpace: true, out var name, out _)
                || !TryValue(encoded, out var value))
            {
                return null;
            }

            if (encoded.Length > 0 && !values.TryAdd(name, value))
            {
                repeated.Add(name);
            }
        }

        return new OAuthForm(values, repeated);
    }

    private static bool TryValue(ReadOnlySpan<byte> encoded, out string? value)
    {
        value = PercentEncoding.TryDecode(encoded, plusIsSpace: true, out var text, out var complaint) ? text : null;
        return complaint is null or PercentEncoding.NotUtf8;
    }
}
