namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>A boolean in any of the spellings that Grape takes, in any case. Empty text is the same as absent.</summary>
internal sealed class BooleanParameter(string name, string description) : Parameter<bool>(name, description)
{
    public override ParameterShape Shape => new("boolean");

    protected override object? Convert(ParameterValue sent, out string? complaint)
    {
        complaint = null;
        switch (TextParameter.TextOf(sent)?.ToUpperInvariant())
        {
            case "":
                return null;
            case "TRUE" or "1" or "T" or "ON" or "Y" or "YES":
                return true;
            case "FALSE" or "0" or "F" or "OFF" or "N" or "NO":
                return false;
            default:
                return Refuse(Invalid, out complaint);
        }
    }
}
