using System.Globalization;
using OrleansTokens.Silo.Http.Parameters;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>Ends that GitLab tells by the day: at the first instant, in UTC, of the day that is named.</summary>
internal static class Dates
{
    public static string? Of(DateTimeOffset? end) => end?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The first instant of the day in which this one is.</summary>
    public static DateTimeOffset? DayOf(DateTimeOffset? instant) =>
        instant is { } given ? new DateTimeOffset(given.UtcDateTime.Date, TimeSpan.Zero) : null;

    /// <summary>A parameter that names such an end.</summary>
    public static TimestampParameter Parameter(string what) =>
        new("expires_at", $"The day, YYYY-MM-DD, at whose first instant in UTC {what}. None: never.");
}
