using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Tests.Http.Parameters;

public class ArgumentsTests
{
    private static readonly IntegerParameter TokenId = new("token_id", "") { Required = true, InPath = true };
    private static readonly TextParameter Name = new("name", "") { Required = true };
    private static readonly ChoiceListParameter Scopes = new("scopes", "", "read_registry") { Required = true };
    private static readonly TimestampParameter ExpiresAt = new("expires_at", "");
    private static readonly IntegerParameter Page = new("page", "") { Fallback = 1 };
    private static readonly IReadOnlyList<Parameter> Declared = [TokenId, Name, Scopes, ExpiresAt, Page];

    [Theory]
    [InlineData("{}", "7", "name is missing, scopes is missing")]
    [InlineData("""{"scopes":[]}""", "7", "name is missing")]
    [InlineData("""{"name":null,"scopes":["x"],"expires_at":"foo"}""", "x", "token_id is invalid, name is missing, "
        + "scopes does not have a valid value, expires_at is invalid")]
    [InlineData("""{"name":"n","scopes":[]}""", null, "token_id is invalid")]
    [InlineData("""{"name":"n","scopes":[],"token_id":8}""", "", "token_id is missing")]
    public async Task Bind_WhenSomethingIsWrong_SaysAllOfItInOrder(string json, string? tokenId, string expected)
    {
        var sent = await Requests.ReadAsync(Requests.Post(Requests.Json, json));

        Assert.Null(Arguments.Bind(Declared, [], sent, _ => tokenId, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public async Task Bind_WhenAllIsWell_GivesValuesAndFallbacks()
    {
        var sent = await Requests.ReadAsync(Requests.Post(Requests.Json, """{"name":"","scopes":"read_registry","unknown":{},"token_id":8}"""));

        var arguments = Arguments.Bind(Declared, [], sent, name => name == "token_id" ? "7" : null, out var error);

        Assert.Null(error);
        Assert.Equal(7, arguments!.Get(TokenId));
        Assert.Equal("", arguments.Get(Name));
        Assert.Equal(["read_registry"], arguments.Get(Scopes));
        Assert.Null(arguments.FindValue(ExpiresAt));
        Assert.Equal(1, arguments.Get(Page));
    }

    [Fact]
    public void ToString_OfAnyValue_DoesNotPrintIt()
    {
        ParameterValue[] values =
        [
            new ParameterValue.Text("gldt-secret"), new ParameterValue.List([new ParameterValue.Text("gldt-secret")]),
            new ParameterValue.Number("secret"),
        ];

        Assert.All(values, value => Assert.DoesNotContain("secret", $"{value}", StringComparison.Ordinal));
    }
}
