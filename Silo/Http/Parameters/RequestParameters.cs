using Microsoft.Net.Http.Headers;

namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>The parameters of a request as GitLab reads them: query and body merged, the body's counting where both have one.</summary>
internal sealed class RequestParameters
{
    private readonly IReadOnlyDictionary<string, ParameterValue> _query;
    private readonly IReadOnlyDictionary<string, ParameterValue> _body;

    private RequestParameters(ParameterBag query, ParameterBag body) => (_query, _body) = (query.Values, body.Values);

    /// <summary>The parameter as sent, or null when it was not sent or was JSON null.</summary>
    public ParameterValue? this[string name] => _body.GetValueOrDefault(name) ?? _query.GetValueOrDefault(name);

    /// <summary>Whether the body has a parameter of this name.</summary>
    public bool IsInBody(string name) => _body.ContainsKey(name);

    /// <summary>Reads a request. Exactly one part of the result is not null.</summary>
    public static async Task<(RequestParameters? Parameters, ParameterFault? Fault)> ReadAsync(HttpRequest request, BodyAllowance allowance)
    {
        var query = new ParameterBag();
        var body = new ParameterBag();
        var fault = FormParameters.ReadQuery(request.QueryString, query) ?? await ReadBodyAsync(request, allowance, body);
        return fault is null ? (new RequestParameters(query, body), null) : (null, fault);
    }

    private static async Task<ParameterFault?> ReadBodyAsync(HttpRequest request, BodyAllowance allowance, ParameterBag bag)
    {
        // As in Grape, a body of GET or HEAD means nothing.
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        {
            return null;
        }

        var (body, fault) = await RequestBody.ReadAsync(request, allowance);
        using (body)
        {
            // Clients send a content type with nothing behind it, so the type of an empty body does not matter.
            return body is { Bytes.Count: > 0 } ? await ParseAsync(request, body.Bytes, bag) : fault;
        }
    }

    private static async Task<ParameterFault?> ParseAsync(HttpRequest request, ArraySegment<byte> body, ParameterBag bag)
    {
        if (string.IsNullOrEmpty(request.ContentType))
        {
            // As in Rack: untyped bodies are forms when posted, and otherwise of the default format.
            return HttpMethods.IsPost(request.Method) ? FormParameters.Read(body, bag) : JsonParameters.Read(body, bag);
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || !IsUtf8(type))
        {
            return ParameterFault.UnsupportedType(request.ContentType);
        }

        return type.MediaType.Value?.ToUpperInvariant() switch
        {
            "APPLICATION/JSON" => JsonParameters.Read(body, bag),
            "APPLICATION/X-WWW-FORM-URLENCODED" => FormParameters.Read(body, bag),
            "MULTIPART/FORM-DATA" => await MultipartParameters.ReadAsync(body, type, bag),
            _ => ParameterFault.UnsupportedType(request.ContentType),
        };
    }

    private static bool IsUtf8(MediaTypeHeaderValue type)
    {
        var charset = HeaderUtilities.RemoveQuotes(type.Charset);
        return charset.Length == 0
            || charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            || charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase);
    }
}
