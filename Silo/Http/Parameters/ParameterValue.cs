namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>One parameter as it was sent, before anything says what it should be.</summary>
internal abstract record ParameterValue
{
    private ParameterValue()
    {
    }

    /// <summary>Values may be secrets, so none prints itself.</summary>
    public sealed override string ToString() => GetType().Name;

    /// <summary>A JSON string, or any value of a query or form.</summary>
    public sealed record Text(string Value) : ParameterValue;

    /// <summary>A JSON number, in the digits that were sent.</summary>
    public sealed record Number(string Digits) : ParameterValue;

    /// <summary>A JSON true or false.</summary>
    public sealed record Flag(bool Value) : ParameterValue;

    /// <summary>A JSON array, or <c>name[]</c> of a query or form. Nulls are dropped.</summary>
    public sealed record List(IReadOnlyList<ParameterValue> Items) : ParameterValue;

    /// <summary>A JSON object, an uploaded file, or <c>name[key]</c>: nothing here takes one, so its content is not kept.</summary>
    public sealed record Structure : ParameterValue;

    /// <summary>Something unreadable; the complaint reads after the parameter's name.</summary>
    public sealed record Malformed(string Complaint) : ParameterValue;
}
