namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>One integer of a closed list. Empty text is the same as absent.</summary>
internal sealed class IntegerChoiceParameter(string name, string description, params IReadOnlyList<long> choices)
    : Parameter<long>(name, description)
{
    public override ParameterShape Shape => new("integer", "int64");

    protected override object? Convert(ParameterValue sent, out string? complaint)
    {
        complaint = null;
        if (sent is ParameterValue.Text { Value.Length: 0 })
        {
            return null;
        }

        if (!IntegerParameter.TryRead(sent, out var value))
        {
            return Refuse(Invalid, out complaint);
        }

        return choices.Contains(value) ? value : Refuse(NotAllowed, out complaint);
    }
}
