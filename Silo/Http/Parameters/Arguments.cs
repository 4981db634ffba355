using System.Diagnostics.CodeAnalysis;

namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>The declared parameters of an operation with the values of one request. What was not declared is not in it.</summary>
internal sealed class Arguments
{
    /// <summary>What no body may ask for: to run the request as somebody else. In an address it is seen before the body is read.</summary>
    private static readonly string[] Unsupported = ["sudo"];

    private readonly Dictionary<Parameter, object> _values;

    private readonly HashSet<Parameter> _sent;

    private Arguments(Dictionary<Parameter, object> values, HashSet<Parameter> sent) => (_values, _sent) = (values, sent);

    /// <summary>Reads all declared parameters. Returns null with every complaint, in the order of declaration and in Grape's words
    /// (<c>name is missing, scopes is missing</c>), when any is refused.</summary>
    /// <param name="declared">The operation's parameters.</param>
    /// <param name="rules">What must hold among them.</param>
    /// <param name="sent">Query and body.</param>
    /// <param name="pathSegment">Gives the decoded path segment of a name, or null when it is unreadable.</param>
    /// <param name="error">The complaints, or null.</param>
    public static Arguments? Bind(
        IReadOnlyList<Parameter> declared,
        IReadOnlyList<ParameterRule> rules,
        RequestParameters sent,
        Func<string, string?> pathSegment,
        out string? error)
    {
        var values = new Dictionary<Parameter, object>(declared.Count);
        var given = new HashSet<Parameter>();
        var complaints = new List<string>();
        foreach (var parameter in declared)
        {
            var value = parameter.InPath ? PathValue(pathSegment(parameter.Name)) : sent[parameter.Name];
            string? complaint = null;
            if (value is not null)
            {
                given.Add(parameter);
            }

            var read = value is null ? null : parameter.Read(value, out complaint);
            if (complaint is null && read is null && parameter.Required)
            {
                complaint = Parameter.Missing;
            }

            if (complaint is not null)
            {
                complaints.Add($"{parameter.Name} {complaint}");
            }
            else if ((read ?? parameter.FallbackValue) is { } argument)
            {
                values[parameter] = argument;
            }
        }

        complaints.AddRange(Unsupported.Where(sent.IsInBody).Select(static name => $"{name} is not supported here"));
        complaints.AddRange(rules.Select(rule => rule.Complaint(sent)).OfType<string>());
        error = complaints.Count == 0 ? null : string.Join(", ", complaints);
        return error is null ? new Arguments(values, given) : null;
    }

    /// <summary>The value of a parameter that is required or has a fallback.</summary>
    public T Get<T>(Parameter<T> parameter)
        where T : notnull => (T)_values[parameter];

    /// <summary>The value of an optional parameter, if one was given.</summary>
    public bool TryGet<T>(Parameter<T> parameter, [MaybeNullWhen(false)] out T value)
        where T : notnull
    {
        value = _values.TryGetValue(parameter, out var given) ? (T)given : default;
        return given is not null;
    }

    /// <summary>The value of an optional parameter, or null.</summary>
    public T? Find<T>(Parameter<T> parameter)
        where T : class => TryGet(parameter, out var value) ? value : null;

    /// <summary>The value of an optional parameter, or null.</summary>
    public T? FindValue<T>(Parameter<T> parameter)
        where T : struct => TryGet(parameter, out var value) ? value : null;

    /// <summary>Whether a parameter was sent, be it empty.</summary>
    public bool IsSent(Parameter parameter) => _sent.Contains(parameter);

    private static ParameterValue PathValue(string? segment) =>
        segment is null ? new ParameterValue.Malformed(Parameter.Invalid) : new ParameterValue.Text(segment);
}
