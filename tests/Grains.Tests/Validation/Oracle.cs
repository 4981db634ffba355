using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Validation;

/// <summary>The reference's rules once more, slowly: by sets and walks over the whole tree, sharing nothing with the product.</summary>
internal static class Oracle
{
    /// <summary>Reference §1.3, scope by scope: what each lets its token do within its holder.</summary>
    private static readonly Dictionary<DeployTokenScopes, RegistryAction[]> Grants = new()
    {
        [DeployTokenScopes.ReadRepository] = [RegistryAction.DownloadCode],
        [DeployTokenScopes.ReadRegistry] = [RegistryAction.SignInToRegistry, RegistryAction.PullImage],
        [DeployTokenScopes.WriteRegistry] = [RegistryAction.SignInToRegistry, RegistryAction.PushImage],
        [DeployTokenScopes.ReadPackageRegistry] = [RegistryAction.ReadPackage],
        [DeployTokenScopes.WritePackageRegistry] = [RegistryAction.ReadPackage, RegistryAction.WritePackage],
        [DeployTokenScopes.ReadVirtualRegistry] = [],
        [DeployTokenScopes.WriteVirtualRegistry] = [],
    };

    private static readonly HashSet<RegistryAction> OfImages = [RegistryAction.PullImage, RegistryAction.PushImage, RegistryAction.DeleteImage];

    /// <summary>Why not; <see cref="DenyReason.None"/>: allowed.</summary>
    public static DenyReason Judge(World world)
    {
        var existing = Existing(world);
        var somewhere = world.Action is not (RegistryAction.None or RegistryAction.Authenticate or RegistryAction.SignInToRegistry);
        var isThere = world.Target >= 0 && world.Nodes[world.Target].IsProject && existing.Contains(world.Target)
            && !(world.ViaRedirect && OfImages.Contains(world.Action));
        var isPublic = isThere && Above(world, world.Target).All(node => world.Nodes[node].Visibility == Visibility.Public);
        var reads = world.Action is RegistryAction.DownloadCode or RegistryAction.PullImage or RegistryAction.ReadPackage;
        var writes = world.Action is RegistryAction.PushImage or RegistryAction.WritePackage;

        if (world.Match == CredentialMatch.None)
        {
            return isPublic && reads ? DenyReason.None : DenyReason.CredentialRequired;
        }

        var granted = Grants.Where(grant => world.Scopes.HasFlag(grant.Key)).SelectMany(static grant => grant.Value).ToHashSet();
        var inside = isThere && Above(world, world.Target).Contains(world.Holder);
        var ofPackages = world.Action is RegistryAction.ReadPackage or RegistryAction.WritePackage;
        var packagesOnly = Grants.Keys.Where(scope => world.Scopes.HasFlag(scope))
            .All(static scope => scope is DeployTokenScopes.ReadPackageRegistry or DeployTokenScopes.WritePackageRegistry);
        var everGranted = Grants.Values.Any(actions => actions.Contains(world.Action)) || world.Action == RegistryAction.Authenticate;
        var archived = isThere && Above(world, world.Target).Any(node => world.Nodes[node].Archived);
        var mayPullPublic = world.Action == RegistryAction.PullImage && isPublic;

        (bool Applies, DenyReason Reason)[] refusals =
        [
            (!world.Issued, DenyReason.TokenUnknown),
            (world.Match == CredentialMatch.OtherSecret, DenyReason.SecretMismatch),
            (world.Match == CredentialMatch.OtherUsername, DenyReason.UsernameMismatch),
            (world.Revoked, DenyReason.TokenRevoked),
            (world.TicksToLive <= 0, DenyReason.TokenExpired),
            (!existing.Contains(world.Holder), DenyReason.HolderGone),
            (packagesOnly && !ofPackages, DenyReason.ScopesOfNoUseHere),
            (somewhere && !isThere, DenyReason.ResourceNotFound),
            (somewhere && !inside && !mayPullPublic, DenyReason.ResourceOutsideHolder),
            (!everGranted, DenyReason.ActionNeverGranted),
            (world.Action != RegistryAction.Authenticate && !granted.Contains(world.Action), DenyReason.ScopeMissing),
            (archived && writes, DenyReason.ResourceArchived),
        ];
        return refusals.FirstOrDefault(static refusal => refusal.Applies).Reason;
    }

    /// <summary>The nodes that exist: those that are not deleted and hang below one that exists, found by going round until nothing changes.</summary>
    private static HashSet<int> Existing(World world)
    {
        var existing = new HashSet<int>();
        for (var before = -1; before != existing.Count;)
        {
            before = existing.Count;
            for (var node = 0; node < world.Nodes.Length; node++)
            {
                var parent = world.Nodes[node].Parent;
                if (!world.Nodes[node].Deleted && (parent < 0 || existing.Contains(parent)))
                {
                    existing.Add(node);
                }
            }
        }

        return existing;
    }

    /// <summary>A node and all above it.</summary>
    private static HashSet<int> Above(World world, int node)
    {
        var found = new HashSet<int>();
        while (node >= 0)
        {
            found.Add(node);
            node = world.Nodes[node].Parent;
        }

        return found;
    }
}
