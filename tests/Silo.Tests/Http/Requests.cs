using System.Text;
using Microsoft.AspNetCore.Http;
using OrleansTokens.Silo.Http;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Tests.Http;

/// <summary>Requests made by hand, without a server.</summary>
internal static class Requests
{
    public const string Json = "application/json";
    public const string Form = "application/x-www-form-urlencoded";

    /// <summary>What an operator may send.</summary>
    public static BodyAllowance Allowance { get; } = new BodyAllowances().Operators;

    public static HttpRequest Get(string query) => Make("GET", query, null, []);

    public static HttpRequest Post(string contentType, string body, string query = "") =>
        Make("POST", query, contentType, Encoding.UTF8.GetBytes(body));

    public static HttpRequest Make(string method, string query, string? contentType, byte[] body)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = method;
        request.QueryString = new QueryString(query);
        request.ContentType = contentType;
        request.Body = new MemoryStream(body);
        return request;
    }

    public static async Task<RequestParameters> ReadAsync(HttpRequest request)
    {
        var (parameters, fault) = await RequestParameters.ReadAsync(request, Allowance);
        Assert.Null(fault);
        return parameters!;
    }

    public static async Task<ParameterFault> FailAsync(HttpRequest request)
    {
        var (parameters, fault) = await RequestParameters.ReadAsync(request, Allowance);
        Assert.Null(parameters);
        return fault!;
    }
}
