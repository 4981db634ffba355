using System.Text;
using System.Text.Json;

namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>Reads the members of a JSON object as parameters. Of equal names the last one counts; null is the same as absent.</summary>
internal static class JsonParameters
{
    private const string NotText = "is not valid Unicode text";

    public static ParameterFault? Read(ReadOnlySpan<byte> body, ParameterBag bag)
    {
        if (body.StartsWith(Encoding.UTF8.Preamble))
        {
            body = body[Encoding.UTF8.Preamble.Length..];
        }

        // One level more than allowed, so that the depth is reported here and by its own text.
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = HttpLimits.MaxJsonDepth + 1 });
        try
        {
            return ReadDocument(ref reader, bag);
        }
        catch (JsonException e)
        {
            return ParameterFault.BadRequest(
                $"request body is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})");
        }
    }

    private static ParameterFault? ReadDocument(ref Utf8JsonReader reader, ParameterBag bag)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.Null)
        {
            reader.Read();
            return null;
        }

        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            return ParameterFault.BadRequest("request body is not a JSON object");
        }

        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var name = TryText(ref reader);
            reader.Read();
            if (ReadValue(ref reader, bag, out var value) is { } fault)
            {
                return fault;
            }

            if (name is not null)
            {
                Keep(bag, name, value);
            }
        }

        // Reads past the end, so that anything after the object is reported.
        reader.Read();
        return null;
    }

    private static void Keep(ParameterBag bag, string name, ParameterValue? value)
    {
        if (value is null)
        {
            bag.Clear(name);
        }
        else
        {
            bag.Set(name, value);
        }
    }

    private static ParameterFault? ReadValue(ref Utf8JsonReader reader, ParameterBag bag, out ParameterValue? value)
    {
        value = null;
        if (!bag.Count())
        {
            return ParameterFault.TooMany;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                var items = new List<ParameterValue>();
                value = new ParameterValue.List(items);
                return ReadItems(ref reader, bag, items);
            case JsonTokenType.StartObject:
                value = new ParameterValue.Structure();
                return Skip(ref reader, bag);
            default:
                value = Scalar(ref reader);
                return null;
        }
    }

    private static ParameterFault? ReadItems(ref Utf8JsonReader reader, ParameterBag bag, List<ParameterValue> items)
    {
        while (reader.Read() && reader.TokenType is not JsonTokenType.EndArray)
        {
            if (!bag.Count())
            {
                return ParameterFault.TooMany;
            }

            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                items.Add(new ParameterValue.Structure());
                if (Skip(ref reader, bag) is { } fault)
                {
                    return fault;
                }
            }
            else if (Scalar(ref reader) is { } item)
            {
                items.Add(item);
            }
        }

        return null;
    }

    private static ParameterFault? Skip(ref Utf8JsonReader reader, ParameterBag bag)
    {
        var outside = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > outside)
        {
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject
                && reader.CurrentDepth >= HttpLimits.MaxJsonDepth)
            {
                return ParameterFault.TooDeep;
            }

            if (reader.TokenType is not (JsonTokenType.EndArray or JsonTokenType.EndObject) && !bag.Count())
            {
                return ParameterFault.TooMany;
            }
        }

        return null;
    }

    private static ParameterValue? Scalar(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => new ParameterValue.Flag(true),
        JsonTokenType.False => new ParameterValue.Flag(false),
        JsonTokenType.Number => new ParameterValue.Number(Encoding.ASCII.GetString(reader.ValueSpan)),
        JsonTokenType.String => TryText(ref reader) is { } text
            ? new ParameterValue.Text(text)
            : new ParameterValue.Malformed(NotText),
        _ => null,
    };

    private static string? TryText(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // Bytes that are not UTF-8, or an escaped surrogate without its other half.
            return null;
        }
    }
}
