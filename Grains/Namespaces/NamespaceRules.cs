using System.Collections.Immutable;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.Namespaces;

/// <summary>What groups and projects may be. Pure.</summary>
internal static class NamespaceRules
{
    /// <summary>Whether a change may take something away from somebody: a path that led there, a right to write, or to see.</summary>
    public static bool MayTakeAway(ChangeNamespace change) =>
        change.Slug is not null || change.Visibility is not null || change.Archived == true || change.Features != default
        || change.LeaseLength is not null;

    private const string LeaseLengthField = "deploy_token_lease_milliseconds";

    private const string VisibilityField = "visibility_level"; // GitLab's name for it, wherever it complains of it.

    public static void CheckName(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw TokenAuthorityException.Invalid("name", "can't be blank");
        }

        if (TextLength.IsOver(name, Limits.MaxNameLength))
        {
            throw TokenAuthorityException.Invalid("name", TextLength.Complaint(Limits.MaxNameLength));
        }
    }

    /// <summary>Whether a lease can be so long.</summary>
    public static bool CanBe(TimeSpan leaseLength) => leaseLength >= TimeSpan.Zero && leaseLength <= Limits.MaxLeaseLength;

    public static void CheckLeaseLength(NamespaceKind kind, TimeSpan? length)
    {
        if (length is not { } asked)
        {
            return;
        }

        if (kind != NamespaceKind.Group)
        {
            throw TokenAuthorityException.Invalid(LeaseLengthField, "is set for groups only");
        }

        if (!CanBe(asked))
        {
            throw TokenAuthorityException.Invalid(LeaseLengthField, $"must be 0 to {Limits.MaxLeaseLength.TotalMilliseconds}");
        }
    }

    /// <summary>The longest says nothing: no installation has a longer one.</summary>
    public static TimeSpan? ToStore(TimeSpan leaseLength) => leaseLength < Limits.MaxLeaseLength ? leaseLength : null;

    /// <summary>No group or project is put under a name that means something else there. Not for what is there already.</summary>
    public static void CheckSlug(Slug slug, GroupId parent)
    {
        if (ReservedSlugs.Contains(slug, atTheTop: parent.IsNone))
        {
            throw TokenAuthorityException.Invalid("path", $"{slug} is a reserved name");
        }
    }

    public static void CheckDescription(string description)
    {
        if (TextLength.IsOver(description, Limits.MaxDescriptionLength))
        {
            throw TokenAuthorityException.Invalid("description", TextLength.Complaint(Limits.MaxDescriptionLength));
        }
    }

    /// <summary>Nothing is more visible than the group it is in.</summary>
    public static void CheckVisibility(NamespaceKind kind, Visibility visibility, Lineage? above)
    {
        if (above is not null && visibility > above.Visibility)
        {
            throw TokenAuthorityException.Invalid(
                VisibilityField,
                kind == NamespaceKind.Group
                    ? $"{Name(visibility)} is not allowed since the parent group has a {Name(above.Visibility)} visibility."
                    : $"{Name(visibility)} is not allowed in a {Name(above.Visibility)} group.");
        }
    }

    /// <summary>A group is not hidden from whoever sees what is in it.</summary>
    public static void CheckVisibility(Visibility visibility, bool hasProjectsAbove, bool hasGroupsAbove)
    {
        var faults = ImmutableArray.CreateBuilder<ArgumentFault>();
        if (hasProjectsAbove)
        {
            faults.Add(new ArgumentFault(
                VisibilityField, $"{Name(visibility)} is not allowed since this group contains projects with higher visibility."));
        }

        if (hasGroupsAbove)
        {
            faults.Add(new ArgumentFault(
                VisibilityField, $"{Name(visibility)} is not allowed since there are sub-groups with higher visibility."));
        }

        if (faults.Count > 0)
        {
            throw TokenAuthorityException.Invalid(faults.ToImmutable());
        }
    }

    /// <summary>Only packages can be public where the project is not.</summary>
    public static void CheckFeatures(ProjectFeatures features)
    {
        if (!IsKnown(features.Repository) || features.Repository == FeatureAccess.Public)
        {
            throw TokenAuthorityException.Invalid("repository_access_level", "is not allowed");
        }

        if (!IsKnown(features.ContainerRegistry) || features.ContainerRegistry == FeatureAccess.Public)
        {
            throw TokenAuthorityException.Invalid("container_registry_access_level", "is not allowed");
        }

        if (!IsKnown(features.PackageRegistry))
        {
            throw TokenAuthorityException.Invalid("package_registry_access_level", "is not allowed");
        }
    }

    /// <summary>Whether every access is a known one.</summary>
    public static bool CanBe(ProjectFeatures features) =>
        IsKnown(features.Repository) && IsKnown(features.ContainerRegistry) && IsKnown(features.PackageRegistry);

    /// <summary>Groups nest <see cref="Limits.MaxGroupDepth"/> deep.</summary>
    /// <param name="kind">What is to be put there.</param>
    /// <param name="above">The lineage of the group it is put in; null at the top.</param>
    /// <param name="subtreeHeight">How many levels of groups are below what is put there.</param>
    public static void CheckDepth(NamespaceKind kind, Lineage? above, int subtreeHeight)
    {
        if (!Fits(kind, above, subtreeHeight))
        {
            throw TooDeep();
        }
    }

    /// <summary>As <see cref="CheckDepth"/>, without the refusal.</summary>
    public static bool Fits(NamespaceKind kind, Lineage? above, int subtreeHeight) =>
        (above?.Nodes.Length ?? 0) + (kind == NamespaceKind.Group ? 1 + subtreeHeight : 0) <= Limits.MaxGroupDepth;

    /// <summary>The lineage of the group above; null at the top.</summary>
    public static Lineage? Above(Lineage lineage) => lineage.Nodes.Length == 1 ? null : new Lineage(lineage.Nodes.RemoveAt(0));

    public static TokenAuthorityException TooDeep() =>
        new(ErrorCode.LimitExceeded, $"Groups nest {Limits.MaxGroupDepth} deep at most.", "parent_id");

    public static TokenAuthorityException PathTaken() => new(ErrorCode.PathTaken, "has already been taken", "path");

    private static bool IsKnown(FeatureAccess access) =>
        access is FeatureAccess.Enabled or FeatureAccess.Disabled or FeatureAccess.Private or FeatureAccess.Public;

    private static string Name(Visibility visibility) => visibility switch
    {
        Visibility.Public => "public",
        Visibility.Internal => "internal",
        _ => "private",
    };
}
