using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using OrleansTokens.Silo.Http;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Tests.Http;

public sealed class RequestBodyTests
{
    private const int Kilobyte = 1024;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((4 * Kilobyte) - 1)]
    [InlineData(4 * Kilobyte)]
    [InlineData((4 * Kilobyte) + 1)]
    [InlineData(99_999)]
    [InlineData(100_000)]
    public async Task Read_WhenAllowed_IsWhatWasSentAndGivesTheMemoryBack(int length)
    {
        var budget = new ByteBudget(300_000);
        var sent = RandomNumberGenerator.GetBytes(length);

        var (body, fault) = await RequestBody.ReadAsync(Post(new MemoryStream(sent)), new BodyAllowance(100_000, budget));

        Assert.Null(fault);
        Assert.Equal(sent, body!.Bytes.ToArray());
        body.Dispose();
        Assert.True(budget.TryTake(300_000));
    }

    [Fact]
    public async Task Read_WhenLarger_IsRefusedWithTheMaximumAndGivesTheMemoryBack()
    {
        var budget = new ByteBudget(300_000);

        var (body, fault) = await RequestBody.ReadAsync(Post(new MemoryStream(new byte[100_001])), new BodyAllowance(100_000, budget));

        Assert.Null(body);
        Assert.Equal(ParameterFault.TooLarge(100_000), fault);
        Assert.True(budget.TryTake(300_000));
    }

    [Fact]
    public async Task Read_WhileOthersHoldAllMemory_IsBusyUntilOneIsDone()
    {
        var allowance = new BodyAllowance(64 * Kilobyte, new ByteBudget(8 * Kilobyte));
        var slow = new Pipe();
        var reading = RequestBody.ReadAsync(Post(slow.Reader.AsStream()), allowance);
        await slow.Writer.WriteAsync(new byte[Kilobyte]);

        // Growing needs the old memory and the new at once, which is more than there is.
        var (_, large) = await RequestBody.ReadAsync(Post(new MemoryStream(new byte[5 * Kilobyte])), allowance);
        using var second = (await RequestBody.ReadAsync(Post(new MemoryStream(new byte[Kilobyte])), allowance)).Body;
        var (_, refused) = await RequestBody.ReadAsync(Post(new MemoryStream(new byte[1])), allowance);
        await slow.Writer.CompleteAsync();
        var (first, _) = await reading;
        first!.Dispose();
        var (next, _) = await RequestBody.ReadAsync(Post(new MemoryStream(new byte[1])), allowance);

        Assert.Equal(ParameterFault.Busy, large);
        Assert.NotNull(second);
        Assert.Equal(ParameterFault.Busy, refused);
        Assert.NotNull(next);
        next.Dispose();
    }

    [Fact]
    public async Task Read_WhenTheClientGoesAway_GivesTheMemoryBack()
    {
        var allowance = new BodyAllowance(64 * Kilobyte, new ByteBudget(4 * Kilobyte));
        var broken = new Pipe();
        var reading = RequestBody.ReadAsync(Post(broken.Reader.AsStream()), allowance);
        await broken.Writer.CompleteAsync(new IOException("gone"));

        await Assert.ThrowsAsync<IOException>(() => reading);
        Assert.True(allowance.Budget.TryTake(4 * Kilobyte));
    }

    [Fact]
    public async Task Read_WhenALargeBodyIsOnlyAnnounced_TakesNextToNothing()
    {
        var allowance = new BodyAllowance(Kilobyte * Kilobyte, new ByteBudget(8 * Kilobyte));
        var silent = new Pipe();
        var request = Post(silent.Reader.AsStream());
        request.ContentLength = Kilobyte * Kilobyte;
        var reading = RequestBody.ReadAsync(request, allowance);

        Assert.True(allowance.Budget.TryTake(4 * Kilobyte));

        allowance.Budget.Return(4 * Kilobyte);
        await silent.Writer.CompleteAsync();
        (await reading).Body!.Dispose();
    }

    private static HttpRequest Post(Stream body)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "POST";
        request.Body = body;
        return request;
    }
}
