using System.Text;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

/// <summary>Nobody acts as another operator, and nobody is left to believe so.</summary>
public sealed class SudoApiTests(ApiHost host)
{
    private const string Refused =
        """{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token.","scope":"sudo"}""";

    [Theory]
    [InlineData("?sudo=root", null)]
    [InlineData("?sudo=", null)]
    [InlineData("", "root")]
    public async Task Sudo_OfAnAdministrator_Is403AndNothingIsDone(string query, string? header)
    {
        var path = ApiHost.NewName();
        using var made = Request(HttpMethod.Post, "/groups" + query, header, ApiHost.AdministratorToken);
        made.Content = new StringContent($$"""{"name":"n","path":"{{path}}"}""", Encoding.UTF8, "application/json");
        using var answer = await host.Client.SendAsync(made);

        Assert.Equal((403, Refused), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal(404, (await host.GetAsync($"/groups/{path}")).Status);
    }

    [Fact]
    public async Task Sudo_InABody_Is400()
    {
        var answer = await host.PostAsync("/groups", $$"""{"name":"n","path":"{{ApiHost.NewName()}}","sudo":"root"}""");

        Assert.Equal((400, """{"error":"sudo is not supported here"}"""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Sudo_OfOthers_IsRefusedAtGroupsThatEverybodySees()
    {
        var group = await host.NewGroupAsync(ApiHost.NewName(), "public");
        var ann = await host.NewUserAsync();

        var operators = await host.GetAsync($"/groups/{group}?sudo=1", ann.Token);
        var anonymous = await host.GetAsync($"/groups/{group}?sudo=1", credential: null);

        Assert.Equal((403, """{"message":"403 Forbidden - Must be admin to use sudo"}"""), (operators.Status, operators.Body));
        Assert.Equal((401, """{"message":"401 Unauthorized"}"""), (anonymous.Status, anonymous.Body));
    }

    private HttpRequestMessage Request(HttpMethod method, string target, string? sudo, string credential)
    {
        var request = new HttpRequestMessage(method, new Uri(host.Client.BaseAddress!, "/api/v4" + target));
        request.Headers.Add("PRIVATE-TOKEN", credential);
        if (sudo is not null)
        {
            request.Headers.Add("Sudo", sudo);
        }

        return request;
    }
}
