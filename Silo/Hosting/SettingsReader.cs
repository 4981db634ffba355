using System.Globalization;

namespace OrleansTokens.Silo.Hosting;

/// <summary>
/// Reads settings one by one and keeps every fault, so that an operator sees all of them at the first start. A setting that nobody asked
/// for is a fault too: it is a typing mistake in the name of one that was meant.
/// </summary>
internal sealed class SettingsReader(IConfiguration section, string name)
{
    private readonly HashSet<string> _known = new(StringComparer.OrdinalIgnoreCase);

    public List<string> Faults { get; } = [];

    public string? Text(string key)
    {
        _known.Add(key);
        var value = section[key];
        return string.IsNullOrWhiteSpace(value) ? null : value;
    }

    public IReadOnlyList<(string Name, string? Text)> List(string key)
    {
        _known.Add(key);
        var list = section.GetSection(key);
        return list.Value is { } single
            ? [.. single.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(t => (Full(key), (string?)t))]
            : [.. list.GetChildren().Select(child => (Full(key) + ":" + child.Key, child.Value))];
    }

    /// <summary>The entries of a list of structures, each by its key; what is read below them is up to the caller.</summary>
    public IReadOnlyList<string> Entries(string key) => [.. section.GetSection(key).GetChildren().Select(child => $"{key}:{child.Key}")];

    public int Number(string key, int fallback, int min, int max)
    {
        if (Text(key) is not { } text)
        {
            return fallback;
        }

        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        Fault(key, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}"));
        return fallback;
    }

    public bool Flag(string key, bool fallback = false)
    {
        if (Text(key) is not { } text)
        {
            return fallback;
        }

        if (bool.TryParse(text, out var flag))
        {
            return flag;
        }

        Fault(key, "must be true or false");
        return fallback;
    }

    public TimeSpan Duration(string key, TimeSpan fallback, TimeSpan min, TimeSpan max)
    {
        if (Text(key) is not { } text)
        {
            return fallback;
        }

        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var duration) && duration >= min && duration <= max)
        {
            return duration;
        }

        Fault(key, string.Create(CultureInfo.InvariantCulture, $"must be a duration from {min:c} to {max:c}, written hh:mm:ss"));
        return fallback;
    }

    public T Choice<T>(string key, T fallback)
        where T : struct, Enum
    {
        if (Text(key) is not { } text)
        {
            return fallback;
        }

        if (Enum.GetNames<T>().FirstOrDefault(n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is { } known)
        {
            return Enum.Parse<T>(known);
        }

        Fault(key, $"must be one of {string.Join(", ", Enum.GetNames<T>()).ToUpperInvariant()}");
        return fallback;
    }

    /// <summary>An absolute http or https URL, as it is to be written before paths: without a slash at the end.</summary>
    public string? BaseUrl(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
            && text.IndexOfAny(['?', '#', '@', '\\']) < 0)
        {
            var host = url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;
            var port = url.IsDefaultPort ? "" : string.Create(CultureInfo.InvariantCulture, $":{url.Port}");
            return $"{url.Scheme}://{host}{port}{url.AbsolutePath.TrimEnd('/')}";
        }

        Fault(key, "must be an absolute http or https URL without user, query and fragment");
        return null;
    }

    public void Fault(string key, string what) => Faults.Add($"{Full(key)} {what}.");

    /// <summary>Call last: everything under the section must have been asked for.</summary>
    public void RefuseUnknown()
    {
        foreach (var key in Leaves(section, ""))
        {
            if (!_known.Contains(key) && !_known.Any(k => key.StartsWith(k + ":", StringComparison.OrdinalIgnoreCase)))
            {
                Fault(key, "is not a setting there is");
            }
        }
    }

    private string Full(string key) => name + ":" + key;

    private static IEnumerable<string> Leaves(IConfiguration at, string path) => at.GetChildren().SelectMany(child =>
        child.GetChildren().Any() ? Leaves(child, path + child.Key + ":") : [path + child.Key]);
}
