using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrleansTokens.EndToEnd.Tests.Programs;

/// <summary>An answer; a status of 0 stands for a connection closed without one.</summary>
internal sealed record RawAnswer(int Status, string Text);

/// <summary>Sends a request exactly as it is written: other clients would put it in order first.</summary>
internal static class RawHttp
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task<RawAnswer> SendAsync(
        Uri address, string method, string target, IEnumerable<string> headers, string body = "", string from = "127.0.0.1")
    {
        string[] head = [$"{method} {target} HTTP/1.1", $"Host: {address.Authority}", "Connection: close", $"Content-Length: {body.Length}", .. headers];
        using var limit = new CancellationTokenSource(Limit);
        using var client = new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0));
        await client.ConnectAsync(IPAddress.Loopback, address.Port, limit.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(string.Join("\r\n", head) + "\r\n\r\n" + body), limit.Token);
        using var received = new MemoryStream();
        await stream.CopyToAsync(received, limit.Token);
        var text = Encoding.Latin1.GetString(received.ToArray());
        return new RawAnswer(text.Length == 0 ? 0 : int.Parse(text.Split(' ')[1], CultureInfo.InvariantCulture), text);
    }

    public static string Basic(IssuedToken token) =>
        "Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(token.Credentials));
}
