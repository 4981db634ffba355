using System.Globalization;

namespace OrleansTokens.DeployTokens;

/// <summary>The username of a token that was given none (reference §1.2): <c>gitlab+deploy-token-{id}</c>.</summary>
internal static class DefaultUsername
{
    private const string Prefix = "gitlab+deploy-token-";

    /// <summary>The longest number has a sign and 19 digits.</summary>
    private const int MaxDigits = 20;

    /// <summary>The default username of a token.</summary>
    public static string Of(TokenId id) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{id.Value}");

    /// <summary>Whether a username is the default one of a token.</summary>
    public static bool Is(string? username, TokenId id)
    {
        Span<char> digits = stackalloc char[MaxDigits];
        return username is not null && username.StartsWith(Prefix, StringComparison.Ordinal)
            && id.Value.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture)
            && username.AsSpan(Prefix.Length).SequenceEqual(digits[..length]);
    }
}
