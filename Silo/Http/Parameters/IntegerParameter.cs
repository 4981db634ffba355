using System.Globalization;

namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>An integer: decimal digits with an optional sign, as text or as a JSON number without fraction or exponent. One that is too
/// great or too small for 64 bits counts as the nearest that is not: no id is so great, and pages are cut off anyway. Empty text is the same
/// as absent.</summary>
internal sealed class IntegerParameter(string name, string description) : Parameter<long>(name, description)
{
    /// <summary>What a value that is refused by itself is told.</summary>
    public const string ExceptedValue = "has a value not allowed";

    /// <summary>The least value allowed.</summary>
    public long Minimum { get; init; } = long.MinValue;

    /// <summary>The greatest value allowed.</summary>
    public long Maximum { get; init; } = long.MaxValue;

    /// <summary>A value between the two that is refused all the same.</summary>
    public long? Except { get; init; }

    public override ParameterShape Shape => new("integer", "int64");

    protected override object? Convert(ParameterValue sent, out string? complaint)
    {
        complaint = null;
        if (sent is ParameterValue.Text { Value.Length: 0 })
        {
            return null;
        }

        if (!TryRead(sent, out var value))
        {
            return Refuse(Invalid, out complaint);
        }

        if (value == Except)
        {
            return Refuse(ExceptedValue, out complaint);
        }

        return value < Minimum || value > Maximum ? Refuse(NotAllowed, out complaint) : value;
    }

    /// <summary>The integer of a value as sent, if it is one.</summary>
    internal static bool TryRead(ParameterValue sent, out long value)
    {
        value = 0;
        if (sent is ParameterValue.Flag || TextParameter.TextOf(sent) is not { } text)
        {
            return false;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            return true;
        }

        var digits = text.AsSpan(text is ['+' or '-', ..] ? 1 : 0);
        value = text is ['-', ..] ? long.MinValue : long.MaxValue;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange('0', '9');
    }
}
