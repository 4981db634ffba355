using System.Text;

namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>Reads <c>application/x-www-form-urlencoded</c> text: query strings and form bodies.</summary>
internal static class FormParameters
{
    public static ParameterFault? ReadQuery(QueryString query, ParameterBag bag) =>
        query.Value is { Length: > 1 } text ? Read(Encoding.UTF8.GetBytes(text).AsSpan(1), bag) : null;

    public static ParameterFault? Read(ReadOnlySpan<byte> encoded, ParameterBag bag)
    {
        foreach (var range in encoded.Split((byte)'&'))
        {
            var pair = encoded[range];
            if (pair.IsEmpty)
            {
                continue;
            }

            if (!bag.Count())
            {
                return ParameterFault.TooMany;
            }

            var equals = pair.IndexOf((byte)'=');
            var name = equals < 0 ? pair : pair[..equals];

            // No declared parameter has an unreadable name, so such a pair is one more unknown parameter.
            if (PercentEncoding.TryDecode(name, plusIsSpace: true, out var readable, out _))
            {
                bag.AddPair(readable, Value(equals < 0 ? default : pair[(equals + 1)..]));
            }
        }

        return null;
    }

    private static ParameterValue Value(ReadOnlySpan<byte> encoded) =>
        PercentEncoding.TryDecode(encoded, plusIsSpace: true, out var text, out var complaint)
            ? new ParameterValue.Text(text)
            : new ParameterValue.Malformed(complaint!);
}
