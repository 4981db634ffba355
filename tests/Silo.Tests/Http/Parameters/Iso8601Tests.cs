using System.Globalization;
using CsCheck;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Tests.Http.Parameters;

public class Iso8601Tests
{
    [Theory]
    [InlineData("2021-01-01", "2021-01-01T00:00:00.0000000")]
    [InlineData("2024-02-29", "2024-02-29T00:00:00.0000000")]
    [InlineData("2021-01-01T08:00:00Z", "2021-01-01T08:00:00.0000000")]
    [InlineData("2021-01-01t08:00z", "2021-01-01T08:00:00.0000000")]
    [InlineData("2021-01-01 08:00:00", "2021-01-01T08:00:00.0000000")]
    [InlineData("2021-01-01T08:00:00.123Z", "2021-01-01T08:00:00.1230000")]
    [InlineData("2021-01-01T08:00:00,12345678901234567890Z", "2021-01-01T08:00:00.1234567")]
    [InlineData("2021-01-01T08:00:00+02:00", "2021-01-01T06:00:00.0000000")]
    [InlineData("2021-01-01T08:00:00-0130", "2021-01-01T09:30:00.0000000")]
    [InlineData("2021-01-01T08:00:00+02", "2021-01-01T06:00:00.0000000")]
    [InlineData("2021-01-01T00:00:00+23:59", "2020-12-31T00:01:00.0000000")]
    [InlineData("0001-01-01", "0001-01-01T00:00:00.0000000")]
    [InlineData("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.9999999")]
    public void TryParse_WhenAnInstant_IsInUtc(string text, string expected)
    {
        Assert.True(Iso8601.TryParse(text, out var instant));
        Assert.Equal(TimeSpan.Zero, instant.Offset);
        Assert.Equal(expected, instant.ToString("yyyy-MM-ddTHH:mm:ss.fffffff", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("foo")]
    [InlineData("2021")]
    [InlineData("2021-1-1")]
    [InlineData("2021-13-01")]
    [InlineData("2021-00-01")]
    [InlineData("2021-02-29")]
    [InlineData("2021-01-01T")]
    [InlineData("2021-01-01T24:00:00Z")]
    [InlineData("2021-01-01T08:60:00Z")]
    [InlineData("2021-01-01T08:00:60Z")]
    [InlineData("2021-01-01T08:00:00+24:00")]
    [InlineData("2021-01-01T08:00:00+01:60")]
    [InlineData("0000-01-01")]
    [InlineData("10000-01-01")]
    [InlineData("-2021-01-01")]
    [InlineData("0001-01-01T00:00:00+00:01")]
    [InlineData("9999-12-31T23:59:59-00:01")]
    [InlineData("2021-01-01\n")]
    [InlineData("２０２１-01-01")]
    public void TryParse_WhenAnythingElse_Fails(string text) => Assert.False(Iso8601.TryParse(text, out _));

    [Fact]
    public void TryParse_WhenWrittenByTheFramework_GivesTheInstantBack() => Gen.DateTimeOffset.Sample(instant =>
        Iso8601.TryParse(instant.ToString("O", CultureInfo.InvariantCulture), out var read) && read == instant);
}
