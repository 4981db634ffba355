namespace OrleansTokens.Silo.Http.Parameters;

/// <summary>Collects the parameters of one source (query or body) by Rack's naming: <c>name</c> (the last one counts),
/// <c>name[]</c> (a list), <c>name[key]</c> (a structure).</summary>
internal sealed class ParameterBag
{
    private const string MixedKinds = "is invalid";
    private readonly Dictionary<string, ParameterValue> _values = new(StringComparer.Ordinal);
    private int _count;

    public IReadOnlyDictionary<string, ParameterValue> Values => _values;

    /// <summary>Counts one more value; false when there are too many.</summary>
    public bool Count() => ++_count <= HttpLimits.MaxParameters;

    /// <summary>Sets a parameter whose kind is known, as JSON's is.</summary>
    public void Set(string name, ParameterValue value) => _values[name] = value;

    /// <summary>Removes a parameter, as a later JSON null of the same name does.</summary>
    public void Clear(string name) => _values.Remove(name);

    /// <summary>Adds a pair of a query or form.</summary>
    public void AddPair(string rawName, ParameterValue value)
    {
        var bracket = rawName.IndexOf('[', StringComparison.Ordinal);
        if (bracket <= 0)
        {
            AddPlain(rawName, value);
            return;
        }

        var name = rawName[..bracket];
        if (rawName.AsSpan(bracket) is "[]")
        {
            AddItem(name, value);
        }
        else
        {
            _values[name] = new ParameterValue.Structure();
        }
    }

    private void AddPlain(string name, ParameterValue value) =>
        _values[name] = _values.GetValueOrDefault(name) is ParameterValue.List or ParameterValue.Structure
            ? new ParameterValue.Malformed(MixedKinds)
            : value;

    private void AddItem(string name, ParameterValue value)
    {
        switch (_values.GetValueOrDefault(name))
        {
            case null:
                _values[name] = new ParameterValue.List(new List<ParameterValue> { value });
                break;
            case ParameterValue.List { Items: List<ParameterValue> items }:
                items.Add(value);
                break;
            default:
                _values[name] = new ParameterValue.Malformed(MixedKinds);
                break;
        }
    }
}
