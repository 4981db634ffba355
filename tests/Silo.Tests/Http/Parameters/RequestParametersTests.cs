using System.Text;
using Microsoft.AspNetCore.Http;
using OrleansTokens.Silo.Http;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Tests.Http.Parameters;

public class RequestParametersTests
{
    private const string Multipart = "multipart/form-data; boundary=b";

    [Fact]
    public async Task Read_WhenBothQueryAndBodyHaveOne_TakesTheBodys()
    {
        var parameters = await Requests.ReadAsync(Requests.Post(Requests.Json, """{"name":"body"}""", "?name=query&other=q"));

        Assert.Equal(new ParameterValue.Text("body"), parameters["name"]);
        Assert.Equal(new ParameterValue.Text("q"), parameters["other"]);
        Assert.Null(parameters["absent"]);
    }

    [Fact]
    public async Task Read_WhenJsonIsNull_TreatsItAsAbsent()
    {
        var parameters = await Requests.ReadAsync(Requests.Post(Requests.Json, """{"a":1,"a":null,"name":null}""", "?name=query"));

        Assert.Null(parameters["a"]);
        Assert.Equal(new ParameterValue.Text("query"), parameters["name"]);
    }

    [Fact]
    public async Task Read_WhenJson_KeepsTheKindOfEachValue()
    {
        var parameters = await Requests.ReadAsync(Requests.Post(
            Requests.Json, """{"t":"x","n":1.50,"yes":true,"no":false,"o":{"a":[{}]},"l":["a",2,null,{"x":[]},[1]],"e":[]}"""));

        Assert.Equal(new ParameterValue.Text("x"), parameters["t"]);
        Assert.Equal(new ParameterValue.Number("1.50"), parameters["n"]);
        Assert.Equal(new ParameterValue.Flag(true), parameters["yes"]);
        Assert.Equal(new ParameterValue.Flag(false), parameters["no"]);
        Assert.Equal(new ParameterValue.Structure(), parameters["o"]);
        Assert.Equal(
            [new ParameterValue.Text("a"), new ParameterValue.Number("2"), new ParameterValue.Structure(), new ParameterValue.Structure()],
            Items(parameters["l"]));
        Assert.Empty(Items(parameters["e"]));
    }

    [Theory]
    [InlineData(Requests.Form, "scopes[]=a&scopes%5B%5D=b&name=x+y")]
    [InlineData(Requests.Form + "; charset=UTF-8", "name=ignored&scopes[]=a&scopes[]=b&name=x%20y&")]
    [InlineData(Multipart, "--b\r\nContent-Disposition: form-data; name=\"scopes[]\"\r\n\r\na\r\n--b\r\nContent-Disposition: form-data; "
        + "name=\"scopes[]\"\r\n\r\nb\r\n--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nx y\r\n--b--\r\n")]
    [InlineData("Application/JSON; charset=utf-8", "\uFEFF{\"scopes\":[\"a\",\"b\"],\"name\":\"x y\"} ")]
    public async Task Read_WhateverTheEncoding_ReadsTheSame(string contentType, string body)
    {
        var parameters = await Requests.ReadAsync(Requests.Post(contentType, body));

        Assert.Equal([new ParameterValue.Text("a"), new ParameterValue.Text("b")], Items(parameters["scopes"]));
        Assert.Equal(new ParameterValue.Text("x y"), parameters["name"]);
    }

    [Theory]
    [InlineData("name[key]=x")]
    [InlineData("name[]x=x")]
    [InlineData("name[][]=x")]
    public async Task Read_WhenNamesAreNested_KeepsNoContent(string form)
    {
        var parameters = await Requests.ReadAsync(Requests.Post(Requests.Form, form));

        Assert.IsType<ParameterValue.Structure>(parameters["name"]);
    }

    [Theory]
    [InlineData("name=x&name[]=y")]
    [InlineData("name[]=y&name=x")]
    [InlineData("name[a]=y&name=x")]
    [InlineData("name[a]=y&name[]=x")]
    public async Task Read_WhenKindsAreMixed_MarksTheParameter(string form)
    {
        var parameters = await Requests.ReadAsync(Requests.Post(Requests.Form, form));

        Assert.IsType<ParameterValue.Malformed>(parameters["name"]);
    }

    [Fact]
    public async Task Read_WhenAFileIsUploaded_KeepsNoContent()
    {
        var parameters = await Requests.ReadAsync(Requests.Post(
            Multipart, "--b\r\nContent-Disposition: form-data; name=\"name\"; filename=\"n.txt\"\r\n\r\nx\r\n--b--\r\n"));

        Assert.IsType<ParameterValue.Structure>(parameters["name"]);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    public async Task Read_WhenMethodHasNoBody_IgnoresIt(string method)
    {
        var parameters = await Requests.ReadAsync(Requests.Make(method, "?a=1", Requests.Json, "{"u8.ToArray()));

        Assert.Equal(new ParameterValue.Text("1"), parameters["a"]);
    }

    [Theory]
    [InlineData("DELETE", Requests.Json, "{}")]
    [InlineData("DELETE", Requests.Json, "")]
    [InlineData("POST", "text/plain", "")]
    [InlineData("PUT", "nonsense", "")]
    [InlineData("POST", Requests.Json, "null")]
    public async Task Read_WhenBodyIsEmpty_ReadsNothing(string method, string contentType, string body)
    {
        var parameters = await Requests.ReadAsync(Requests.Make(method, "", contentType, Encoding.UTF8.GetBytes(body)));

        Assert.Null(parameters["name"]);
    }

    [Theory]
    [InlineData("POST", "name=x")]
    [InlineData("PUT", """{"name":"x"}""")]
    [InlineData("DELETE", """{"name":"x"}""")]
    public async Task Read_WhenTypeIsAbsent_DoesAsRack(string method, string body)
    {
        var parameters = await Requests.ReadAsync(Requests.Make(method, "", null, Encoding.UTF8.GetBytes(body)));

        Assert.Equal(new ParameterValue.Text("x"), parameters["name"]);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("nonsense")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Read_WhenTypeIsUnknown_Is415(string contentType)
    {
        var fault = await Requests.FailAsync(Requests.Post(contentType, "x"));

        Assert.Equal(StatusCodes.Status415UnsupportedMediaType, fault.Status);
        Assert.Equal($"The provided content-type '{contentType}' is not supported.", fault.Text);
    }

    [Theory]
    [InlineData("{", "request body is not valid JSON (line 1, byte 2)")]
    [InlineData("{\"a\":1}\n x", "request body is not valid JSON (line 2, byte 2)")]
    [InlineData("{\"a\":1,}", "request body is not valid JSON (line 1, byte 8)")]
    [InlineData(" ", "request body is not valid JSON (line 1, byte 2)")]
    [InlineData("[]", "request body is not a JSON object")]
    [InlineData("1", "request body is not a JSON object")]
    public async Task Read_WhenJsonIsInvalid_SaysWhere(string body, string expected)
    {
        var fault = await Requests.FailAsync(Requests.Post(Requests.Json, body));

        Assert.Equal(StatusCodes.Status400BadRequest, fault.Status);
        Assert.Equal(expected, fault.Text);
    }

    [Theory]
    [InlineData("multipart/form-data", "x")]
    [InlineData("multipart/form-data; boundary=", "x")]
    [InlineData(Multipart, "x")]
    [InlineData(Multipart, "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nx")]
    [InlineData(Multipart, "--b\r\nX: y\r\n\r\nx\r\n--b--\r\n")]
    public async Task Read_WhenMultipartIsBroken_Is400(string contentType, string body)
    {
        var fault = await Requests.FailAsync(Requests.Post(contentType, body));

        Assert.Equal(StatusCodes.Status400BadRequest, fault.Status);
        Assert.Contains("multipart/form-data", fault.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpLimits.MaxBodyBytes, true)]
    [InlineData(HttpLimits.MaxBodyBytes + 1, false)]
    public async Task Read_WhenBodyIsLargerThanAllowed_Is413(int bytes, bool allowed)
    {
        var body = new byte[bytes];
        Array.Fill(body, (byte)'a');

        var (_, fault) = await RequestParameters.ReadAsync(Requests.Make("POST", "", Requests.Form, body), Requests.Allowance);

        Assert.Equal(allowed ? null : ParameterFault.TooLarge(HttpLimits.MaxBodyBytes), fault);
    }

    [Fact]
    public async Task Read_WhenLengthIsDeclaredTooLarge_DoesNotReadTheBody()
    {
        var request = Requests.Make("POST", "", Requests.Form, []);
        request.ContentLength = HttpLimits.MaxBodyBytes + 1;

        Assert.Equal(ParameterFault.TooLarge(HttpLimits.MaxBodyBytes), await Requests.FailAsync(request));
    }

    [Theory]
    [InlineData(Requests.Form, "a=1&")]
    [InlineData(Requests.Form, "a[]=1&")]
    [InlineData(Multipart, "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n")]
    public async Task Read_WhenAFormHasTooMany_Is400(string contentType, string pair)
    {
        var allowed = string.Concat(Enumerable.Repeat(pair, HttpLimits.MaxParameters));
        var end = contentType == Multipart ? "--b--\r\n" : "";

        await Requests.ReadAsync(Requests.Post(contentType, allowed + end));
        Assert.Equal(ParameterFault.TooMany, await Requests.FailAsync(Requests.Post(contentType, allowed + pair + end)));
    }

    [Theory]
    [InlineData("{", "\"a\":1", "}", 0)]
    [InlineData("{\"a\":[", "1", "]}", 1)]
    [InlineData("{\"a\":{\"b\":[", "1", "]}}", 3)]
    public async Task Read_WhenJsonHasTooMany_Is400(string start, string item, string end, int around)
    {
        string Body(int count) => start + string.Join(',', Enumerable.Repeat(item, count)) + end;

        await Requests.ReadAsync(Requests.Post(Requests.Json, Body(HttpLimits.MaxParameters - around)));
        Assert.Equal(
            ParameterFault.TooMany, await Requests.FailAsync(Requests.Post(Requests.Json, Body(HttpLimits.MaxParameters - around + 1))));
    }

    [Fact]
    public async Task Read_WhenJsonIsNestedTooDeeply_Is400()
    {
        static string Body(int depth) => "{\"a\":" + new string('[', depth - 1) + new string(']', depth - 1) + "}";

        await Requests.ReadAsync(Requests.Post(Requests.Json, Body(HttpLimits.MaxJsonDepth)));
        Assert.Equal(ParameterFault.TooDeep, await Requests.FailAsync(Requests.Post(Requests.Json, Body(HttpLimits.MaxJsonDepth + 1))));
        Assert.Equal(ParameterFault.TooDeep, await Requests.FailAsync(Requests.Post(Requests.Json, Body(100_000))));
    }

    private static IReadOnlyList<ParameterValue> Items(ParameterValue? value) => Assert.IsType<ParameterValue.List>(value).Items;
}
