using OrleansTokens.Silo.Http.GitLabApi;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

public class PathIdTests
{
    [Theory]
    [InlineData("7", 7L)]
    [InlineData("007", 7L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    public void Of_WhenAllDigits_IsANumber(string segment, long expected)
    {
        Assert.Equal(expected, PathId.OfProject(segment)!.Value.Number);
        Assert.Equal(expected, PathId.OfGroup(segment)!.Value.Number);
        Assert.Null(PathId.OfGroup(segment)!.Value.Path);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999999999")]
    public void Of_WhenNothingCanHaveIt_IsNone(string? segment)
    {
        Assert.Null(PathId.OfProject(segment));
        Assert.Null(PathId.OfGroup(segment));
    }

    [Theory]
    [InlineData("acme/api")]
    [InlineData("acme/platform/api")]
    [InlineData("1/2")]
    [InlineData("-/x")]
    public void Of_WhenAPath_KeepsIt(string segment)
    {
        Assert.Equal(segment, PathId.OfProject(segment)!.Value.Path);
        Assert.Equal(segment, PathId.OfGroup(segment)!.Value.Path);
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("-")]
    [InlineData("٣")]
    public void Of_WhenOneSegment_IsAGroupOnly(string segment)
    {
        Assert.Null(PathId.OfProject(segment));
        Assert.Equal(segment, PathId.OfGroup(segment)!.Value.Path);
    }
}
