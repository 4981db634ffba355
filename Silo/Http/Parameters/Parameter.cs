namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>A declared parameter: the one place that says how it is read, what is refused, and how it is documented.</summary>
internal abstract class Parameter(string name, string description)
{
    /// <summary>What a value of the wrong kind is told.</summary>
    public const string Invalid = "is invalid";

    /// <summary>What a value outside a closed list or range is told.</summary>
    public const string NotAllowed = "does not have a valid value";

    /// <summary>What an absent required parameter is told.</summary>
    public const string Missing = "is missing";

    /// <summary>Name as sent.</summary>
    public string Name { get; } = name;

    /// <summary>One sentence for the API's documentation.</summary>
    public string Description { get; } = description;

    /// <summary>Whether a request without it is refused.</summary>
    public bool Required { get; init; }

    /// <summary>Whether it is a segment of the path; all others come from the query or the body.</summary>
    public bool InPath { get; init; }

    /// <summary>JSON schema of the value, for the API's documentation.</summary>
    public abstract ParameterShape Shape { get; }

    /// <summary>The value used when none is sent, or null.</summary>
    public abstract object? FallbackValue { get; }

    /// <summary>Reads a value as sent. A null result without a complaint means that nothing was given.</summary>
    public abstract object? Read(ParameterValue sent, out string? complaint);
}

/// <summary>A parameter whose value is a <typeparamref name="T"/>.</summary>
internal abstract class Parameter<T>(string name, string description) : Parameter(name, description)
    where T : notnull
{
    private object? _fallback;

    /// <summary>The value used when none is sent.</summary>
    public T Fallback
    {
        init => _fallback = value;
    }

    public sealed override object? FallbackValue => _fallback;

    public sealed override object? Read(ParameterValue sent, out string? complaint)
    {
        if (sent is ParameterValue.Malformed malformed)
        {
            complaint = malformed.Complaint;
            return null;
        }

        return Convert(sent, out complaint);
    }

    /// <summary>Reads a well-formed value; boxed so that null can mean "nothing was given" for every type.</summary>
    protected abstract object? Convert(ParameterValue sent, out string? complaint);

    protected static object? Refuse(string reason, out string? complaint)
    {
        complaint = reason;
        return null;
    }
}

/// <summary>What documentation needs to know of a parameter's value.</summary>
/// <param name="Type">JSON type: string, integer, boolean, or array (of strings).</param>
/// <param name="Format">JSON schema format, or null.</param>
/// <param name="Choices">The closed list of values, or null.</param>
internal sealed record ParameterShape(string Type, string? Format = null, IReadOnlyList<string>? Choices = null);
