namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>An instant in ISO 8601; see <see cref="Iso8601"/>. Empty text is the same as absent.</summary>
internal sealed class TimestampParameter(string name, string description) : Parameter<DateTimeOffset>(name, description)
{
    public override ParameterShape Shape => new("string", "date-time");

    protected override object? Convert(ParameterValue sent, out string? complaint)
    {
        complaint = null;
        if (sent is not ParameterValue.Text text)
        {
            return Refuse(Invalid, out complaint);
        }

        if (text.Value.Length == 0)
        {
            return null;
        }

        return Iso8601.TryParse(text.Value, out var instant) ? instant : Refuse(Invalid, out complaint);
    }
}
