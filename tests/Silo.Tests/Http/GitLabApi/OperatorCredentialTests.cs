using Microsoft.AspNetCore.Http;
using OrleansTokens.Silo.Http.GitLabApi;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

public class OperatorCredentialTests
{
    [Theory]
    [InlineData("t", null, "")]
    [InlineData(null, "Bearer t", "")]
    [InlineData(null, "bearer  t ", "")]
    [InlineData(null, null, "?private_token=t")]
    [InlineData(null, null, "?access_token=t")]
    [InlineData(null, "Bearer t", "?access_token=t")]
    [InlineData("t", null, "?access_token=other")]
    [InlineData(null, null, "?private_token=t&access_token=other")]
    [InlineData("t", null, "?private_token=t")]
    [InlineData("t", "Bearer other", "")]
    [InlineData(null, "Bearer other", "?private_token=t")]
    [InlineData("", "Bearer t", "?private_token=")]
    public void Of_WhenPresented_TakesThePrivateTokenFirst(string? header, string? authorization, string query)
    {
        var credential = OperatorCredential.Of(Request(header, authorization, query));

        Assert.Equal(OperatorCredentialKind.Presented, credential.Kind);
        Assert.Equal("t", credential.Token!.Reveal());
    }

    [Theory]
    [InlineData(null, null, "")]
    [InlineData("", "", "?private_token=")]
    [InlineData(null, null, "?access_token=")]
    [InlineData(" ", "Bearer ", "")]
    [InlineData(null, "Basic dTpw", "")]
    [InlineData(null, "Bearer", "")]
    public void Of_WhenNothingCounts_IsAnonymous(string? header, string? authorization, string query)
    {
        var credential = OperatorCredential.Of(Request(header, authorization, query));

        Assert.Equal(OperatorCredentialKind.None, credential.Kind);
        Assert.Null(credential.Token);
    }

    [Theory]
    [InlineData("a", null, "?private_token=b")]
    [InlineData(null, null, "?private_token=a&private_token=b")]
    [InlineData(null, "Bearer a", "?access_token=b")]
    [InlineData(null, null, "?access_token=a&access_token=b")]
    [InlineData(null, null, "?access_token=a%20b")]
    [InlineData("a b", null, "")]
    [InlineData("é", null, "")]
    [InlineData(null, null, "?private_token=%00")]
    public void Of_WhenAmbiguousOrUnprintable_IsInvalid(string? header, string? authorization, string query) =>
        Assert.Equal(OperatorCredentialKind.Invalid, OperatorCredential.Of(Request(header, authorization, query)).Kind);

    [Theory]
    [InlineData(Limits.MaxSecretLength, OperatorCredentialKind.Presented)]
    [InlineData(Limits.MaxSecretLength + 1, OperatorCredentialKind.Invalid)]
    public void Of_WhenTooLong_IsInvalid(int length, object expected) =>
        Assert.Equal(expected, OperatorCredential.Of(Request(new string('a', length), null, "")).Kind);

    [Fact]
    public void ToString_WhenPresented_DoesNotPrintIt() =>
        Assert.DoesNotContain("swordfish", $"{OperatorCredential.Of(Request("swordfish", null, ""))}", StringComparison.Ordinal);

    private static HttpRequest Request(string? header, string? authorization, string query)
    {
        var request = Requests.Get(query);
        request.Headers["PRIVATE-TOKEN"] = header;
        request.Headers.Authorization = authorization;
        return request;
    }
}
