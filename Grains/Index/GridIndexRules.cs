using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Index;

/// <summary>What every implementation of <see cref="IGridIndex"/> shares, so that they cannot drift apart.</summary>
public static class GridIndexRules
{
    /// <summary>The longest page. Enough to rebuild in batches; short enough to hold in memory many times over.</summary>
    public const int MaxLimit = 10_000;

    /// <summary>More levels than the namespace tree may have, so that the limit only shows where the rows form a ring.</summary>
    public const int MaxGroupHeight = 64;

    /// <summary>
    /// The form in which names and slugs are compared and searched. Mapping up and then down joins letters that share only one
    /// of the two cases, such as both small sigmas, or the Kelvin sign and k.
    /// </summary>
    public static string Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
#pragma warning disable CA1308 // Lower case is not for display here.
        return text.ToUpperInvariant().ToLowerInvariant();
#pragma warning restore CA1308
    }

    /// <summary>Throws <see cref="ArgumentException"/> if the row breaks a range stated on its type.</summary>
    public static void ThrowIfInvalid(NamespaceRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        ThrowIfUndefined(row.Kind, nameof(row.Kind));
        ArgumentOutOfRangeException.ThrowIfLessThan(row.Id, 1, nameof(row.Id));
        ArgumentOutOfRangeException.ThrowIfNegative(row.ParentId, nameof(row.ParentId));
        ArgumentNullException.ThrowIfNull(row.Slug, nameof(row.Slug));
        ArgumentNullException.ThrowIfNull(row.Name, nameof(row.Name));
    }

    /// <summary>Throws <see cref="ArgumentException"/> if the row breaks a range stated on its type.</summary>
    public static void ThrowIfInvalid(TokenRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentOutOfRangeException.ThrowIfLessThan(row.Id, 1, nameof(row.Id));
        if (!row.Deleted) // A tombstone may stand for a token that never came to be, and had no holder.
        {
            ThrowIfUndefined(row.HolderKind, nameof(row.HolderKind));
            ArgumentOutOfRangeException.ThrowIfLessThan(row.HolderId, 1, nameof(row.HolderId));
        }

        ArgumentNullException.ThrowIfNull(row.Name, nameof(row.Name));
        ArgumentNullException.ThrowIfNull(row.Username, nameof(row.Username));
    }

    /// <summary>Throws <see cref="ArgumentException"/> if the query breaks a range stated on its type.</summary>
    public static void ThrowIfInvalid(NamespaceQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        ThrowIfUndefined(query.Kind, nameof(query.Kind));
        if (!Enum.IsDefined(query.Sort))
        {
            throw new ArgumentOutOfRangeException(nameof(query), query.Sort, "Sort is not one of the defined orders.");
        }

        ThrowIfInvalidPage(query.Offset, query.Limit);
    }

    /// <summary>Throws <see cref="ArgumentException"/> if the query breaks a range stated on its type.</summary>
    public static void ThrowIfInvalid(TokenQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.HolderKind is { } kind)
        {
            ThrowIfUndefined(kind, nameof(query.HolderKind));
        }
        else if (query.HolderId is not null)
        {
            throw new ArgumentException("HolderId needs HolderKind: groups and projects have separate ids.", nameof(query));
        }

        if (query.HolderId is { } holder)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(holder, 1, nameof(query.HolderId));
        }

        ThrowIfInvalidPage(query.Offset, query.Limit);
    }

    /// <summary>Throws <see cref="ArgumentException"/> if the row breaks a range stated on its type.</summary>
    public static void ThrowIfInvalid(OperatorRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentOutOfRangeException.ThrowIfLessThan(row.Id, 1, nameof(row.Id));
        ArgumentNullException.ThrowIfNull(row.Username, nameof(row.Username));
        ArgumentNullException.ThrowIfNull(row.Name, nameof(row.Name));
        ArgumentNullException.ThrowIfNull(row.Email, nameof(row.Email));
    }

    /// <summary>Throws <see cref="ArgumentException"/> if the row breaks a range stated on its type.</summary>
    public static void ThrowIfInvalid(OperatorTokenRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        ArgumentOutOfRangeException.ThrowIfLessThan(row.Id, 1, nameof(row.Id));
        ArgumentOutOfRangeException.ThrowIfLessThan(row.OperatorId, 1, nameof(row.OperatorId));
        ArgumentNullException.ThrowIfNull(row.Name, nameof(row.Name));
    }

    /// <summary>Throws <see cref="ArgumentException"/> if the row breaks a range stated on its type.</summary>
    public static void ThrowIfInvalid(MemberRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        ThrowIfUndefined(row.Kind, nameof(row.Kind));
        ArgumentOutOfRangeException.ThrowIfLessThan(row.Id, 1, nameof(row.Id));
        ArgumentOutOfRangeException.ThrowIfLessThan(row.OperatorId, 1, nameof(row.OperatorId));
    }

    /// <summary>Throws <see cref="ArgumentException"/> if the query breaks a range stated on its type.</summary>
    public static void ThrowIfInvalid(OperatorQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        ThrowIfInvalidPage(query.Offset, query.Limit);
    }

    /// <summary>Throws <see cref="ArgumentException"/> if the query breaks a range stated on its type.</summary>
    public static void ThrowIfInvalid(OperatorTokenQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        ThrowIfInvalidPage(query.Offset, query.Limit);
    }

    private static void ThrowIfUndefined(NamespaceKind kind, string name)
    {
        if (kind is not (NamespaceKind.Group or NamespaceKind.Project))
        {
            throw new ArgumentOutOfRangeException(name, kind, "The kind must be group or project.");
        }
    }

    private static void ThrowIfInvalidPage(int offset, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MaxLimit);
    }
}
