using System.Net.Sockets;
using System.Text;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

/// <summary>A request whose body takes its time, while what its sender may do is taken away.</summary>
public sealed class ParkedRequestTests(ApiHost host)
{
    [Theory]
    [InlineData("token")]
    [InlineData("block")]
    [InlineData("demote")]
    public async Task Body_WhenItEndsAfterTheOperatorLostTheRight_IsRefused(string how)
    {
        var ann = await host.NewUserAsync(admin: true);
        var body = $$"""{"name":"x","path":"{{ApiHost.NewName()}}","username":"{{ApiHost.NewName("u")}}","email":"{{ApiHost.NewName()}}@example.org"}""";
        using var parked = await ParkAsync("/users", ann.Token, body.Length);

        Assert.True((how switch
        {
            "token" => await host.DeleteAsync($"/personal_access_tokens/{ann.TokenId}"),
            "block" => await host.PostAsync($"/users/{ann.Id}/block"),
            _ => await host.PutAsync($"/users/{ann.Id}", """{"admin":false}"""),
        }).Status < 300);
        var status = await EndAsync(parked, body);

        Assert.Equal(how == "token" ? 401 : 403, status);
    }

    [Fact]
    public async Task Body_WhenNothingWasTakenAway_IsAnswered()
    {
        var ann = await host.NewUserAsync();
        var body = $$"""{"name":"x","path":"{{ApiHost.NewName()}}"}""";
        using var parked = await ParkAsync("/groups", ann.Token, body.Length);
        Assert.Equal(201, await EndAsync(parked, body));
    }

    private async Task<TcpClient> ParkAsync(string path, string token, int length)
    {
        var server = host.Client.BaseAddress!;
        var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port, TestContext.Current.CancellationToken);
        var head = $"POST /api/v4{path} HTTP/1.1\r\nHost: x\r\nPRIVATE-TOKEN: {token}\r\nContent-Type: application/json\r\nContent-Length: {length + 1}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);

        // The server asks for the body when it begins to read it: what was looked at before has been looked at.
        var asked = new byte[25];
        await client.GetStream().ReadExactlyAsync(asked, TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 100 Continue", Encoding.ASCII.GetString(asked), StringComparison.Ordinal);
        return client;
    }

    private static async Task<int> EndAsync(TcpClient client, string body)
    {
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(" " + body), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        var answer = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        return int.Parse(answer.AsSpan("HTTP/1.1 ".Length, 3), System.Globalization.CultureInfo.InvariantCulture);
    }
}
