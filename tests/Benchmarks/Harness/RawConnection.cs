using System.Net;
using System.Net.Sockets;

namespace OrleansTokens.Benchmarks;

/// <summary>One keep-alive connection that understands just enough of HTTP/1.1.</summary>
internal sealed class RawConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _length;

    public RawConnection(int port, IPAddress from)
    {
        _socket.Bind(new IPEndPoint(from, 0));
        _socket.Connect(IPAddress.Loopback, port);
    }

    /// <summary>Sends a request; says the status of the answer, and whether it is a refusal.</summary>
    public async ValueTask<(int Status, bool Refused)> AskAsync(byte[] request)
    {
        await _socket.SendAsync(request);
        _length = 0;
        for (; ; )
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(_length));
            if (received == 0)
            {
                throw new IOException("The server closed the connection.");
            }

            _length += received;
            if (Read() is { } answer)
            {
                return answer;
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>The answer, once all of it is there.</summary>
    private (int Status, bool Refused)? Read()
    {
        var text = _buffer.AsSpan(0, _length);
        var end = text.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return null;
        }

        var head = text[..end];
        var body = text[(end + 4)..];
        var status = ((head[9] - '0') * 100) + ((head[10] - '0') * 10) + (head[11] - '0');
        return IsWhole(head, body, status) ? (status, status is < 200 or > 299 || SaysInactive(body)) : null;
    }

    private static bool IsWhole(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, int status)
    {
        var marker = head.IndexOf("\r\nContent-Length: "u8);
        if (marker < 0)
        {
            return status == 204 || body.EndsWith("0\r\n\r\n"u8);
        }

        var length = 0;
        foreach (var digit in head[(marker + 18)..])
        {
            if (digit is < (byte)'0' or > (byte)'9')
            {
                break;
            }

            length = (length * 10) + (digit - '0');
        }

        return body.Length >= length;
    }

    /// <summary>Whether a body is <c>{"active": false}</c>, with spaces or without.</summary>
    private static bool SaysInactive(ReadOnlySpan<byte> body)
    {
        var at = body.IndexOf("\"active\":"u8);
        return at >= 0 && body[(at + 9)..].TrimStart((byte)' ').StartsWith("false"u8);
    }
}
