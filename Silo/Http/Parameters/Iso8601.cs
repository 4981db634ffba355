using System.Globalization;
using System.Text.RegularExpressions;

namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>Reads a date (midnight UTC) or a date with a time. Without an offset the time is UTC.</summary>
internal static partial class Iso8601
{
    private const int MaxOffsetHours = 23;
    private const int TickDigits = 7;

    /// <summary>Reads an instant; false for anything else, and for instants outside the years 1 to 9999.</summary>
    public static bool TryParse(string text, out DateTimeOffset instant)
    {
        instant = default;
        var match = Pattern().Match(text);
        if (!match.Success || !TryDate(match, out var date) || !TryTime(match, out var time) || !TryOffset(match, out var offset))
        {
            return false;
        }

        var ticks = date.Ticks + time.Ticks - offset.Ticks;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        instant = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private static bool TryDate(Match match, out DateTime date)
    {
        var (year, month, day) = (Number(match, "year"), Number(match, "month"), Number(match, "day"));
        var exists = year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
        date = exists ? new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc) : default;
        return exists;
    }

    private static bool TryTime(Match match, out TimeSpan time)
    {
        var (hour, minute, second) = (Number(match, "hour"), Number(match, "minute"), Number(match, "second"));
        var fraction = match.Groups["fraction"].Value.PadRight(TickDigits, '0')[..TickDigits];
        time = new TimeSpan(hour, minute, second) + TimeSpan.FromTicks(int.Parse(fraction, CultureInfo.InvariantCulture));
        return hour <= 23 && minute <= 59 && second <= 59;
    }

    private static bool TryOffset(Match match, out TimeSpan offset)
    {
        var (hours, minutes) = (Number(match, "offsetHours"), Number(match, "offsetMinutes"));
        offset = new TimeSpan(hours, minutes, 0);
        if (match.Groups["sign"].Value == "-")
        {
            offset = -offset;
        }

        return hours <= MaxOffsetHours && minutes <= 59;
    }

    private static int Number(Match match, string group) =>
        match.Groups[group] is { Success: true } found ? int.Parse(found.ValueSpan, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex(
        """
        \A(?<year>[0-9]{4})-(?<month>[0-9]{2})-(?<day>[0-9]{2})
        ([Tt\x20](?<hour>[0-9]{2}):(?<minute>[0-9]{2})(:(?<second>[0-9]{2})([.,](?<fraction>[0-9]{1,20}))?)?
        ([Zz]|(?<sign>[+-])(?<offsetHours>[0-9]{2})(:?(?<offsetMinutes>[0-9]{2}))?)?)?\z
        """,
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Pattern();
}
