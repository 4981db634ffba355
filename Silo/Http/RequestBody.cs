using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http;

/// <summary>A request body in memory. Disposing of it gives the memory back to the budget it came from.</summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstBytes = 4 * 1024;

    private readonly ByteBudget _budget;
    private byte[] _buffer = [];
    private int _length;

    private RequestBody(ByteBudget budget) => _budget = budget;

    /// <summary>What was sent; to be used only until it is disposed of.</summary>
    public ArraySegment<byte> Bytes => new(_buffer, 0, _length);

    /// <summary>Reads the whole body. Exactly one part of the result is not null.</summary>
    /// <remarks>Memory is taken as bytes arrive: a large body that is only announced costs nothing.</remarks>
    public static async Task<(RequestBody? Body, ParameterFault? Fault)> ReadAsync(HttpRequest request, BodyAllowance allowance)
    {
        if (request.ContentLength > allowance.MaxBytes)
        {
            return (null, ParameterFault.TooLarge(allowance.MaxBytes));
        }

        var body = new RequestBody(allowance.Budget);
        ParameterFault? fault = null;
        var complete = request.ContentLength == 0;
        try
        {
            while (!complete && fault is null)
            {
                // One byte more than allowed, so that it is seen when there is more.
                if (body._length == body._buffer.Length && !body.TryGrow(allowance.MaxBytes + 1))
                {
                    fault = ParameterFault.Busy;
                    break;
                }

                var read = await request.Body.ReadAsync(body._buffer.AsMemory(body._length), request.HttpContext.RequestAborted);
                complete = read == 0;
                body._length += read;
                fault = body._length > allowance.MaxBytes ? ParameterFault.TooLarge(allowance.MaxBytes) : null;
            }

            return complete ? (body, null) : (null, fault);
        }
        finally
        {
            if (!complete)
            {
                body.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _budget.Return(_buffer.Length);
        _buffer = [];
        _length = 0;
    }

    private bool TryGrow(int most)
    {
        var size = Math.Min(Math.Max(FirstBytes, _buffer.Length * 2), most);
        if (!_budget.TryTake(size))
        {
            return false;
        }

        var old = _buffer;
        _buffer = new byte[size];
        old.CopyTo(_buffer, 0);
        _budget.Return(old.Length);
        return true;
    }
}
