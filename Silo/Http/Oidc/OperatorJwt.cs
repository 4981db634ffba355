using System.Diagnostics.CodeAnalysis;

namespace OrleansTokens.Silo.Http.Oidc;

/// <summary>Something that a request shows and that has the shape of a signed JWT. It cannot print itself.</summary>
internal sealed class OperatorJwt
{
    /// <summary>Longer than any that an identity provider makes for a header.</summary>
    private const int MaxLength = 16 * 1024;

    private readonly string _text;

    private OperatorJwt(string text) => _text = text;

    /// <summary>Takes three parts of base64url, of which the first begins as a JSON object does; false otherwise.</summary>
    public static bool TryCreate(string text, [NotNullWhen(true)] out OperatorJwt? jwt)
    {
        var isShaped = text.Length <= MaxLength && text.StartsWith("eyJ", StringComparison.Ordinal)
            && text.Split('.') is { Length: 3 } parts && Array.TrueForAll(parts, static part => part.All(IsBase64Url));
        jwt = isShaped ? new OperatorJwt(text) : null;
        return isShaped;
    }

    /// <summary>The JWT itself, to be verified and put nowhere else.</summary>
    public string Reveal() => _text;

    public override string ToString() => "a JWT";

    private static bool IsBase64Url(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_';
}
