using System.Globalization;

namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>A 64-bit integer: decimal digits with an optional sign, as text or as a JSON number without fraction or exponent.
/// Empty text is the same as absent.</summary>
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

        if (sent is ParameterValue.Flag
            || !long.TryParse(TextParameter.TextOf(sent), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return Refuse(Invalid, out complaint);
        }

        if (value == Except)
        {
            return Refuse(ExceptedValue, out complaint);
        }

        return value < Minimum || value > Maximum ? Refuse(NotAllowed, out complaint) : value;
    }
}
