using System.Globalization;

namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>Text. As in Grape, JSON numbers and booleans become text in the form they were sent; lists and objects are invalid.</summary>
internal sealed class TextParameter(string name, string description) : Parameter<string>(name, description)
{
    /// <summary>What whitespace alone is told where something must be said.</summary>
    public const string Empty = "is empty";

    /// <summary>What text with characters that no name may hold is told.</summary>
    public const string ControlCharacter = "contains a control character";

    private static readonly string TooLong = string.Create(
        CultureInfo.InvariantCulture, $"is too long (maximum is {HttpLimits.MaxTextLength} characters)");

    /// <summary>Whether whitespace alone is refused.</summary>
    public bool NotBlank { get; init; }

    /// <summary>Whether tabs and line ends may occur, as in a description.</summary>
    public bool Multiline { get; init; }

    /// <summary>Whether every character but NUL may occur: what it may hold is then judged elsewhere, or not at all.</summary>
    public bool AnyCharacter { get; init; }

    /// <summary>Whether it may be as long as a body can be, because the authority judges its length in words of its own.</summary>
    public bool AnyLength { get; init; }

    public override ParameterShape Shape => new("string");

    protected override object? Convert(ParameterValue sent, out string? complaint)
    {
        if (TextOf(sent) is not { } text)
        {
            return Refuse(Invalid, out complaint);
        }

        complaint = text switch
        {
            { Length: > HttpLimits.MaxTextLength } when !AnyLength => TooLong,
            _ when text.Any(IsForbidden) => ControlCharacter,
            _ when NotBlank && string.IsNullOrWhiteSpace(text) => Empty,
            _ => null,
        };
        return complaint is null ? text : null;
    }

    /// <summary>The text of a scalar, or null for anything else.</summary>
    internal static string? TextOf(ParameterValue sent) => sent switch
    {
        ParameterValue.Text text => text.Value,
        ParameterValue.Number number => number.Digits,
        ParameterValue.Flag flag => flag.Value ? "true" : "false",
        _ => null,
    };

    private bool IsForbidden(char c) => AnyCharacter ? c == '\0' : char.IsControl(c) && !(Multiline && c is '\t' or '\n' or '\r');
}
