namespace OrleansTokens.Silo.Http;

/// <summary>Reads a request body into memory, up to <see cref="HttpLimits.MaxBodyBytes"/>.</summary>
internal static class RequestBody
{
    private const int ChunkBytes = 16 * 1024;

    /// <summary>The whole body, or null when it is larger than allowed.</summary>
    public static async Task<byte[]?> TryReadAsync(HttpRequest request)
    {
        if (request.ContentLength > HttpLimits.MaxBodyBytes)
        {
            return null;
        }

        using var body = new MemoryStream();
        var chunk = new byte[ChunkBytes];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, request.HttpContext.RequestAborted)) > 0)
        {
            if (body.Length + read > HttpLimits.MaxBodyBytes)
            {
                return null;
            }

            body.Write(chunk, 0, read);
        }

        return body.ToArray();
    }
}
