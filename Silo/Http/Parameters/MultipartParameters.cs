using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>Reads <c>multipart/form-data</c>. The body is already in memory and bounded.</summary>
internal static class MultipartParameters
{
    private const int MaxBoundaryLength = 70; // RFC 2046
    private static readonly ParameterFault NotMultipart = ParameterFault.BadRequest("request body is not valid multipart/form-data");

    public static async Task<ParameterFault?> ReadAsync(ArraySegment<byte> body, MediaTypeHeaderValue type, ParameterBag bag)
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary);
        if (boundary.Length is 0 or > MaxBoundaryLength)
        {
            return ParameterFault.BadRequest("multipart/form-data has no usable boundary");
        }

        try
        {
            return await ReadSectionsAsync(new MultipartReader(boundary.ToString(), new MemoryStream(body.Array!, body.Offset, body.Count)), bag);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            return NotMultipart;
        }
    }

    private static async Task<ParameterFault?> ReadSectionsAsync(MultipartReader reader, ParameterBag bag)
    {
        while (await reader.ReadNextSectionAsync() is { } section)
        {
            if (!bag.Count())
            {
                return ParameterFault.TooMany;
            }

            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
            {
                return NotMultipart;
            }

            var value = disposition.IsFileDisposition() ? new ParameterValue.Structure() : await ValueAsync(section);
            bag.AddPair(HeaderUtilities.RemoveQuotes(disposition.Name).ToString(), value);
        }

        return null;
    }

    private static async Task<ParameterValue> ValueAsync(MultipartSection section)
    {
        using var content = new MemoryStream();
        await section.Body.CopyToAsync(content);
        return PercentEncoding.TryUtf8(content.GetBuffer().AsSpan(0, (int)content.Length), out var text, out var complaint)
            ? new ParameterValue.Text(text)
            : new ParameterValue.Malformed(complaint!);
    }
}
