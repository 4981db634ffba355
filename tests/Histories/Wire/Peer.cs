using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace OrleansTokens.Histories.Wire;

/// <summary>What the other side reports when it could not do what it was asked.</summary>
internal sealed class PeerException(string message) : IOException(message);

/// <summary>
/// One of two processes that ask each other over a connection. Each frame is its length (4 bytes), a kind (1), a number (4), the length of
/// an operation's name (1), the name, and a body in JSON. Any number of questions may be on their way in both directions.
/// </summary>
internal sealed class Peer : IAsyncDisposable
{
    private const int HeaderLength = 10;
    private const int MaxFrameLength = 64 * 1024 * 1024;

    private readonly Socket _socket;
    private readonly Channel<byte[]> _outgoing = Channel.CreateUnbounded<byte[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<int, TaskCompletionSource<byte[]>> _waiting = [];
    private readonly Dictionary<string, Func<byte[], ValueTask<byte[]>>> _handlers = [];
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _last;

    public Peer(Socket socket)
    {
        _socket = socket;
        _socket.NoDelay = true;
    }

    private enum FrameKind : byte
    {
        Call,
        Answer,
        Fault,
    }

    /// <summary>Completes when the other side is gone.</summary>
    public Task Closed => _closed.Task;

    public static async Task<Peer> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(System.Net.IPAddress.Loopback, port);
        return new Peer(socket);
    }

    /// <summary>Says how an operation is answered. Before <see cref="Start"/> only, or from within a handler.</summary>
    public void On<TIn, TOut>(string operation, Func<TIn, ValueTask<TOut>> handler) => _handlers[operation] = async body =>
        JsonSerializer.SerializeToUtf8Bytes(await handler(JsonSerializer.Deserialize<TIn>(body)!));

    public void Start()
    {
        _ = SendAllAsync();
        _ = ReceiveAllAsync();
    }

    /// <summary>Asks the other side.</summary>
    /// <exception cref="PeerException">It could not do it, or is gone.</exception>
    public async Task<TOut> CallAsync<TIn, TOut>(string operation, TIn body)
    {
        var number = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[number] = answer;
        Send(FrameKind.Call, number, operation, JsonSerializer.SerializeToUtf8Bytes(body));
        if (Closed.IsCompleted)
        {
            answer.TrySetException(new PeerException("The other side is gone."));
        }

        return JsonSerializer.Deserialize<TOut>(await answer.Task)!;
    }

    public async ValueTask DisposeAsync()
    {
        Close();
        await Closed;
    }

    private void Send(FrameKind kind, int number, string operation, byte[] body)
    {
        var name = Encoding.ASCII.GetBytes(operation);
        var frame = new byte[HeaderLength + name.Length + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, frame.Length - 4);
        frame[4] = (byte)kind;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(5), number);
        frame[9] = (byte)name.Length;
        name.CopyTo(frame, HeaderLength);
        body.CopyTo(frame, HeaderLength + name.Length);
        _outgoing.Writer.TryWrite(frame);
    }

    private async Task SendAllAsync()
    {
        try
        {
            await foreach (var frame in _outgoing.Reader.ReadAllAsync())
            {
                for (var sent = 0; sent < frame.Length;)
                {
                    sent += await _socket.SendAsync(frame.AsMemory(sent));
                }
            }
        }
        catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
        {
            Close();
        }
    }

    private async Task ReceiveAllAsync()
    {
        try
        {
            await using var stream = new BufferedStream(new NetworkStream(_socket), 64 * 1024);
            var length = new byte[4];
            while (true)
            {
                await stream.ReadExactlyAsync(length);
                var frame = new byte[CheckedLength(BinaryPrimitives.ReadInt32LittleEndian(length))];
                await stream.ReadExactlyAsync(frame);
                Receive(frame);
            }
        }
        catch (Exception fault) when (fault is IOException or SocketException or ObjectDisposedException)
        {
            Close();
        }
    }

    private static int CheckedLength(int length) =>
        length is >= HeaderLength - 4 and <= MaxFrameLength ? length : throw new InvalidDataException("Not a frame.");

    private void Receive(byte[] frame)
    {
        var number = BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(1));
        var name = Encoding.ASCII.GetString(frame, 6, frame[5]);
        var body = frame[(6 + frame[5])..];
        switch ((FrameKind)frame[0])
        {
            case FrameKind.Call:
                _ = AnswerAsync(number, name, body);
                break;
            case FrameKind.Answer when _waiting.TryRemove(number, out var waiting):
                waiting.TrySetResult(body);
                break;
            case FrameKind.Fault when _waiting.TryRemove(number, out var waiting):
                waiting.TrySetException(new PeerException(Encoding.UTF8.GetString(body)));
                break;
        }
    }

    private async Task AnswerAsync(int number, string operation, byte[] body)
    {
        try
        {
            var handler = _handlers.GetValueOrDefault(operation) ?? throw new PeerException($"There is no operation {operation}.");
            Send(FrameKind.Answer, number, "", await handler(body));
        }
#pragma warning disable CA1031 // Whatever goes wrong is told to whoever asked.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Send(FrameKind.Fault, number, "", Encoding.UTF8.GetBytes(fault.Message));
        }
    }

    private void Close()
    {
        _socket.Dispose();
        _outgoing.Writer.TryComplete();
        _closed.TrySetResult();
        foreach (var (number, waiting) in _waiting)
        {
            _waiting.TryRemove(number, out _);
            waiting.TrySetException(new PeerException("The other side is gone."));
        }
    }
}
