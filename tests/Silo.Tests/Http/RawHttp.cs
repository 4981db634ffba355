using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace OrleansTokens.Silo.Tests.Http;

/// <summary>Sends requests exactly as written: HTTP libraries resolve dot segments and mend what a proxy would hand on as it is.</summary>
internal static class RawHttp
{
    /// <summary>Sends one request and reads the whole answer.</summary>
    public static async Task<RawAnswer> SendAsync(Uri server, string method, string target, params string[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        await using var stream = client.GetStream();
        string[] lines = [$"{method} {target} HTTP/1.1", "Host: git.example", "Connection: close", "Content-Length: 0", .. headers, "", ""];
        await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", lines)));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return RawAnswer.Parse(await reader.ReadToEndAsync());
    }
}

/// <summary>An answer as received.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>A header, or null.</summary>
    public string? this[string header] => Headers.GetValueOrDefault(header);

    /// <summary>Reads head and body; a body in chunks is of ASCII.</summary>
    public static RawAnswer Parse(string text)
    {
        var parts = text.Split("\r\n\r\n", 2);
        var lines = parts[0].Split("\r\n");
        var headers = lines.Skip(1).Select(l => l.Split(": ", 2)).ToDictionary(h => h[0], h => h[^1], StringComparer.OrdinalIgnoreCase);
        var body = parts[1];
        if (headers.ContainsKey("Transfer-Encoding"))
        {
            body = Joined(body);
        }

        return new RawAnswer(int.Parse(lines[0].Split(' ')[1]), headers, body);
    }

    private static string Joined(string chunks)
    {
        var body = new StringBuilder();
        for (var rest = chunks; ;)
        {
            var end = rest.IndexOf("\r\n", StringComparison.Ordinal);
            var length = int.Parse(rest.AsSpan(0, end), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (length == 0)
            {
                return body.ToString();
            }

            body.Append(rest, end + 2, length);
            rest = rest[(end + 2 + length + 2)..];
        }
    }
}
