using OrleansTokens.Silo.Http;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Tests.Http.Parameters;

public class ParameterTests
{
    private static readonly TextParameter Name = new("name", "");
    private static readonly IntegerParameter Count = new("count", "");
    private static readonly BooleanParameter Active = new("active", "");
    private static readonly TimestampParameter ExpiresAt = new("expires_at", "");
    private static readonly ChoiceParameter Sort = new("sort", "", "asc", "desc");
    private static readonly ChoiceListParameter Scopes = new("scopes", "", "read_registry", "write_registry");

    [Theory]
    [InlineData("\"deploy\"", "deploy")]
    [InlineData("\"\"", "")]
    [InlineData("1", "1")]
    [InlineData("1.50", "1.50")]
    [InlineData("true", "true")]
    [InlineData("\"日本 🚀\"", "日本 🚀")]
    public async Task Text_WhenScalar_IsTextAsSent(string json, string expected) => Assert.Equal(expected, await ReadAsync(Name, json));

    [Theory]
    [InlineData("{}", "is invalid")]
    [InlineData("[\"a\"]", "is invalid")]
    [InlineData("\"\\u0000\"", "contains a control character")]
    [InlineData("\"a\\nb\"", "contains a control character")]
    [InlineData("\"\\u007f\"", "contains a control character")]
    [InlineData("\"\\u0085\"", "contains a control character")]
    [InlineData("\"\\ud800\"", "is not valid Unicode text")]
    [InlineData("\"\\udc00x\"", "is not valid Unicode text")]
    public async Task Text_WhenUnusable_IsRefused(string json, string complaint) => Assert.Equal(complaint, await RefuseAsync(Name, json));

    [Fact]
    public async Task Text_WhenMultiline_TakesLineEndsButNoOtherControlCharacter()
    {
        var description = new TextParameter("description", "") { Multiline = true };

        Assert.Equal("a\r\n\tb", await ReadAsync(description, "\"a\\r\\n\\tb\""));
        Assert.Equal("contains a control character", await RefuseAsync(description, "\"\\u0000\""));
    }

    [Fact]
    public async Task Text_WhenAnyCharacterMayOccur_TakesAllButNul()
    {
        var name = new TextParameter("name", "") { AnyCharacter = true };

        Assert.Equal("a\n\t\u0007\u007f\u0085", await ReadAsync(name, "\"a\\n\\t\\u0007\\u007f\\u0085\""));
        Assert.Equal("contains a control character", await RefuseAsync(name, "\"a\\u0000\""));
    }

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\" \\u00a0\"")]
    public async Task Text_WhenBlankIsNotAllowed_IsEmpty(string json) =>
        Assert.Equal("is empty", await RefuseAsync(new TextParameter("name", "") { NotBlank = true }, json));

    [Fact]
    public async Task Text_WhenTooLong_IsRefused()
    {
        static string Json(int length) => '"' + new string('a', length) + '"';

        Assert.IsType<string>(await ReadAsync(Name, Json(HttpLimits.MaxTextLength)));
        Assert.Equal("is too long (maximum is 65536 characters)", await RefuseAsync(Name, Json(HttpLimits.MaxTextLength + 1)));
        Assert.IsType<string>(await ReadAsync(new TextParameter("name", "") { AnyLength = true }, Json(HttpLimits.MaxTextLength + 1)));
    }

    [Fact]
    public async Task Text_WhenNotUtf8_IsRefused()
    {
        var json = await Requests.ReadAsync(Requests.Make("POST", "", Requests.Json, [.. "{\"name\":\""u8, 0xff, .. "\"}"u8]));
        var form = await Requests.ReadAsync(Requests.Make("POST", "", Requests.Form, [.. "name="u8, 0xff]));

        Name.Read(json["name"]!, out var jsonComplaint);
        Name.Read(form["name"]!, out var formComplaint);

        Assert.Equal("is not valid Unicode text", jsonComplaint);
        Assert.Equal("is not valid UTF-8", formComplaint);
    }

    [Theory]
    [InlineData("1", 1L)]
    [InlineData("\"-007\"", -7L)]
    [InlineData("\"+5\"", 5L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("9223372036854775808", long.MaxValue)]
    [InlineData("\"+99999999999999999999\"", long.MaxValue)]
    [InlineData("\"-9223372036854775809\"", long.MinValue)]
    [InlineData("\"\"", null)]
    public async Task Integer_WhenDigits_IsRead(string json, long? expected) => Assert.Equal(expected, await ReadAsync(Count, json));

    [Theory]
    [InlineData("\"x\"")]
    [InlineData("\" 1\"")]
    [InlineData("\"1_000\"")]
    [InlineData("\"٣\"")]
    [InlineData("\"0x10\"")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("true")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("\"-\"")]
    [InlineData("\"99999999999999999999x\"")]
    [InlineData("\"--99999999999999999999\"")]
    public async Task Integer_WhenAnythingElse_IsInvalid(string json) => Assert.Equal("is invalid", await RefuseAsync(Count, json));

    [Theory]
    [InlineData("-1", "does not have a valid value")]
    [InlineData("0", "has a value not allowed")]
    [InlineData("11", "does not have a valid value")]
    public async Task Integer_WhenOutsideItsRange_IsRefused(string json, string complaint)
    {
        var parameter = new IntegerParameter("count", "") { Minimum = 0, Maximum = 10, Except = 0 };

        Assert.Equal(complaint, await RefuseAsync(parameter, json));
        Assert.Equal(10L, await ReadAsync(parameter, "10"));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("1", true)]
    [InlineData("\"True\"", true)]
    [InlineData("\"ON\"", true)]
    [InlineData("\"t\"", true)]
    [InlineData("\"yes\"", true)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    [InlineData("\"FALSE\"", false)]
    [InlineData("\"off\"", false)]
    [InlineData("\"f\"", false)]
    [InlineData("\"\"", null)]
    public async Task Boolean_WhenOfGrapesSpellings_IsRead(string json, bool? expected) => Assert.Equal(expected, await ReadAsync(Active, json));

    [Theory]
    [InlineData("\"maybe\"")]
    [InlineData("2")]
    [InlineData("\" true\"")]
    [InlineData("[true]")]
    public async Task Boolean_WhenAnythingElse_IsInvalid(string json) => Assert.Equal("is invalid", await RefuseAsync(Active, json));

    [Theory]
    [InlineData("20210101")]
    [InlineData("\"foo\"")]
    [InlineData("true")]
    [InlineData("[\"2021-01-01\"]")]
    public async Task Timestamp_WhenNotIso8601Text_IsInvalid(string json) => Assert.Equal("is invalid", await RefuseAsync(ExpiresAt, json));

    [Fact]
    public async Task Timestamp_WhenEmpty_IsNone() => Assert.Null(await ReadAsync(ExpiresAt, "\"\""));

    [Theory]
    [InlineData("\"asc\"", null)]
    [InlineData("\"ASC\"", "does not have a valid value")]
    [InlineData("\"\"", "does not have a valid value")]
    [InlineData("{}", "is invalid")]
    public async Task Choice_WhenOutsideTheList_IsRefused(string json, string? complaint)
    {
        if (complaint is null)
        {
            Assert.Equal("asc", await ReadAsync(Sort, json));
        }
        else
        {
            Assert.Equal(complaint, await RefuseAsync(Sort, json));
        }
    }

    [Theory]
    [InlineData("[\"read_registry\",\"write_registry\"]", "read_registry write_registry")]
    [InlineData("\"read_registry, write_registry\"", "read_registry write_registry")]
    [InlineData("\"read_registry,,\"", "read_registry")]
    [InlineData("[\"read_registry,write_registry\",\"\",null]", "read_registry write_registry")]
    [InlineData("\"\"", "")]
    [InlineData("[]", "")]
    public async Task ChoiceList_WhenInAnyForm_IsTheSameList(string json, string expected) =>
        Assert.Equal(expected, string.Join(' ', Assert.IsAssignableFrom<IReadOnlyList<string>>(await ReadAsync(Scopes, json))));

    [Theory]
    [InlineData("[\"read_registry\",\"admin\"]", "does not have a valid value")]
    [InlineData("\"read_registry,,write_registry\"", "does not have a valid value")]
    [InlineData("\" \"", "does not have a valid value")]
    [InlineData("{}", "is invalid")]
    [InlineData("1", "is invalid")]
    [InlineData("[[\"read_registry\"]]", "is invalid")]
    [InlineData("[\"\\ud800\"]", "is not valid Unicode text")]
    public async Task ChoiceList_WhenUnusable_IsRefused(string json, string complaint) =>
        Assert.Equal(complaint, await RefuseAsync(Scopes, json));

    private static async Task<object?> ReadAsync(Parameter parameter, string json)
    {
        var read = parameter.Read(await SentAsync(parameter, json), out var complaint);
        Assert.Null(complaint);
        return read;
    }

    private static async Task<string?> RefuseAsync(Parameter parameter, string json)
    {
        Assert.Null(parameter.Read(await SentAsync(parameter, json), out var complaint));
        return complaint;
    }

    private static async Task<ParameterValue> SentAsync(Parameter parameter, string json) =>
        (await Requests.ReadAsync(Requests.Post(Requests.Json, $$"""{"{{parameter.Name}}":{{json}}}""")))[parameter.Name]!;
}
