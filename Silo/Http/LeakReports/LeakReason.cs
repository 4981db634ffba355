using System.Diagnostics.CodeAnalysis;

namespace OrleansTokens.Silo.Http.LeakReports;

/// <summary>What is kept with a revoked token about where it was found. Pure.</summary>
internal static class LeakReason
{
    private const int MaxSourceLength = 40;
    private const int MaxPlaceLength = 350;

    /// <summary>The reason. Of an address only host and path are told, and nothing of one that holds the secret.</summary>
    public static string Of(string reporter, LeakReport report)
    {
        var source = IsWord(report.Source) && !Shows(report.Source, report.Token) ? $" in {report.Source}" : "";
        var place = Place(report) is { } at ? $" at {at}" : "";
        return $"Reported as leaked by {reporter}{source}{place}.";
    }

    private static bool IsWord([NotNullWhen(true)] string? source) =>
        source is { Length: > 0 and <= MaxSourceLength } && source.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or ' ');

    private static string? Place(LeakReport report)
    {
        if (!Uri.TryCreate(report.Location, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && uri.Scheme != Uri.UriSchemeHttp))
        {
            return null;
        }

        var place = uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        if (place.AsSpan().ContainsAnyExceptInRange('!', '~') || Shows(place, report.Token) || Shows(Uri.UnescapeDataString(place), report.Token))
        {
            return null;
        }

        return place.Length <= MaxPlaceLength ? place : place[..MaxPlaceLength] + "...";
    }

    private static bool Shows(string place, string token) => token.Length > 0 && place.Contains(token, StringComparison.OrdinalIgnoreCase);
}
