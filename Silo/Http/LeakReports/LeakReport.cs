using System.Collections.Immutable;
using System.Text.Json;

namespace OrleansTokens.Silo.Http.LeakReports;

/// <summary>One secret that somebody found where it should not be. Never prints it.</summary>
internal sealed class LeakReport
{
    private LeakReport(string token, string type, string? source, string? location)
    {
        Token = token;
        Type = type;
        Source = source;
        Location = location;
    }

    /// <summary>What was found.</summary>
    public string Token { get; }

    /// <summary>What the finder takes it for.</summary>
    public string Type { get; }

    /// <summary>The kind of place, or null.</summary>
    public string? Source { get; }

    /// <summary>The address, or null.</summary>
    public string? Location { get; }

    public override string ToString() => "[leak report]";

    /// <summary>Reads a JSON list of reports; false with what is wrong, all or nothing.</summary>
    /// <param name="body">The JSON.</param>
    /// <param name="location">How the member with the address is called.</param>
    /// <param name="reports">The reports, in their order.</param>
    /// <param name="error">What is wrong; names the entry and member, and repeats nothing of them.</param>
    public static bool TryParse(ReadOnlyMemory<byte> body, string location, out ImmutableArray<LeakReport> reports, out string error)
    {
        reports = [];
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = HttpLimits.MaxJsonDepth });
            error = Read(document.RootElement, location, out reports);
        }
        catch (JsonException)
        {
            error = "The body is not valid JSON.";
        }

        return error.Length == 0;
    }

    private static string Read(JsonElement root, string location, out ImmutableArray<LeakReport> reports)
    {
        reports = [];
        if (root.ValueKind != JsonValueKind.Array)
        {
            return "The body is not a JSON list.";
        }

        if (root.GetArrayLength() > HttpLimits.MaxLeakReports)
        {
            return $"There are more than {HttpLimits.MaxLeakReports} reports.";
        }

        var read = ImmutableArray.CreateBuilder<LeakReport>(root.GetArrayLength());
        foreach (var entry in root.EnumerateArray())
        {
            if (!TryText(entry, "token", out var token) || token is null)
            {
                return $"[{read.Count}].token must be text.";
            }

            if (!TryText(entry, "type", out var type) || type is null)
            {
                return $"[{read.Count}].type must be text.";
            }

            // Where it was found is only told on: what cannot be read of it keeps no token alive.
            _ = TryText(entry, "source", out var source);
            _ = TryText(entry, location, out var at);
            read.Add(new LeakReport(token, type, source, at));
        }

        reports = read.MoveToImmutable();
        return "";
    }

    private static bool TryText(JsonElement entry, string name, out string? text)
    {
        text = null;
        if (entry.ValueKind != JsonValueKind.Object || !entry.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            text = value.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // An escaped surrogate without its other half.
        }
    }
}
