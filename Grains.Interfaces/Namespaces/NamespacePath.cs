using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace OrleansTokens.Namespaces;

/// <summary>
/// An absolute position in the tree, segment by segment: <c>acme/platform/api</c>. Comparing is by segment, so <c>acme/api</c> never
/// covers <c>acme/api-v2</c>. Default is no path.
/// </summary>
[GenerateSerializer, Immutable, Alias(WireAliases.NamespacePath)]
public readonly struct NamespacePath : IEquatable<NamespacePath>
{
    [Id(0)]
    private readonly ImmutableArray<Slug> _segments;

    private NamespacePath(ImmutableArray<Slug> segments) => _segments = segments;

    /// <summary>Whether this is no path at all.</summary>
    public bool IsNone => _segments.IsDefaultOrEmpty;

    /// <summary>The segments, outermost first.</summary>
    public ImmutableArray<Slug> Segments => _segments.IsDefault ? [] : _segments;

    /// <summary>The path without its last segment; none where it has only one.</summary>
    public NamespacePath Parent => Segments.Length > 1 ? new(_segments.RemoveAt(_segments.Length - 1)) : default;

    /// <summary>
    /// Takes a path of 1 to <see cref="Limits.MaxPathSegments"/> segments, each a <see cref="Slug"/>, without a leading or trailing
    /// slash; false otherwise.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out NamespacePath path)
    {
        path = default;
        if (string.IsNullOrEmpty(text) || text.Length > Limits.MaxPathLength)
        {
            return false;
        }

        var parts = text.Split('/');
        if (parts.Length > Limits.MaxPathSegments)
        {
            return false;
        }

        var segments = ImmutableArray.CreateBuilder<Slug>(parts.Length);
        foreach (var part in parts)
        {
            if (!Slug.TryParse(part, out var slug))
            {
                return false;
            }

            segments.Add(slug);
        }

        path = new NamespacePath(segments.MoveToImmutable());
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(NamespacePath other) => Segments.SequenceEqual(other.Segments);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NamespacePath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var segment in Segments)
        {
            hash.Add(segment);
        }

        return hash.ToHashCode();
    }

    /// <summary>The segments joined by slashes.</summary>
    public override string ToString() => string.Join('/', Segments);

    /// <summary>Whether both name the same place.</summary>
    public static bool operator ==(NamespacePath left, NamespacePath right) => left.Equals(right);

    /// <summary>Whether they name different places.</summary>
    public static bool operator !=(NamespacePath left, NamespacePath right) => !left.Equals(right);
}
