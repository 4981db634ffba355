using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace OrleansTokens.Namespaces;

/// <summary>
/// One segment of a path, as GitLab allows it: letters, digits, <c>_ - .</c>, at most <see cref="Limits.MaxSlugLength"/> characters;
/// it does not begin with <c>-</c>, and does not end in <c>.</c>, <c>.git</c>, <c>.atom</c> or <c>.wiki</c>
/// (the last so that the address of a wiki never means two things). Compared without regard to case. Default is no slug.
/// </summary>
[GenerateSerializer, Immutable, Alias(WireAliases.Slug)]
public readonly struct Slug : IEquatable<Slug>
{
    /// <summary>What a refusal says is allowed.</summary>
    public const string Rule =
        "can contain only letters, digits, '_', '-' and '.'. Cannot start with '-', end in '.', '.git', '.atom' or '.wiki'";

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    private static readonly string[] ForbiddenEndings = [".", ".git", ".atom", ".wiki"];

    [Id(0)]
    private readonly string? _text;

    private Slug(string text) => _text = text;

    /// <summary>Whether this is no slug at all.</summary>
    public bool IsNone => _text is null;

    /// <summary>The form in which names are looked up.</summary>
    public string Key => (_text ?? "").ToLowerInvariant();

    /// <summary>Takes a segment that follows the rule; false otherwise.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Slug slug)
    {
        slug = default;
        if (string.IsNullOrEmpty(text) || text.Length > Limits.MaxSlugLength || text.AsSpan().ContainsAnyExcept(Allowed)
            || text[0] == '-' || Array.Exists(ForbiddenEndings, e => text.EndsWith(e, StringComparison.OrdinalIgnoreCase)))
        {
            return false;
        }

        slug = new Slug(text);
        return true;
    }

    /// <summary>Takes a segment that is known to be good, as from storage.</summary>
    /// <exception cref="FormatException">It does not follow the rule.</exception>
    public static Slug Parse(string text) => TryParse(text, out var slug) ? slug : throw new FormatException("Not a slug.");

    /// <inheritdoc/>
    public bool Equals(Slug other) => string.Equals(_text, other._text, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Slug other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(_text ?? "");

    /// <summary>The slug as it was given.</summary>
    public override string ToString() => _text ?? "";

    /// <summary>Whether both name the same entry.</summary>
    public static bool operator ==(Slug left, Slug right) => left.Equals(right);

    /// <summary>Whether they name different entries.</summary>
    public static bool operator !=(Slug left, Slug right) => !left.Equals(right);
}
