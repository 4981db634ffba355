using System.Globalization;

namespace OrleansTokens.Grains;

/// <summary>How long texts are. Pure.</summary>
internal static class TextLength
{
    /// <summary>What is told of a text that is too long; to be read after the field's name.</summary>
    public static string Complaint(int maximum) => string.Create(CultureInfo.InvariantCulture, $"is too long (maximum is {maximum} characters)");

    /// <summary>Whether a text has more characters than that. As in Rails, a character is a Unicode code point.</summary>
    public static bool IsOver(string text, int maximum)
    {
        if (text.Length <= maximum)
        {
            return false; // No character takes less than one UTF-16 unit,
        }

        return text.Length > 2 * maximum || text.EnumerateRunes().Count() > maximum; // and none more than two.
    }
}
