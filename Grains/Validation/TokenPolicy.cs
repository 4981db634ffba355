using System.Collections.Frozen;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Validation;

/// <summary>
/// The one place where it is decided what a deploy token, or nobody, may do. Pure. Reference §1.3, §1.5, §3.2 to §3.7.
/// </summary>
internal static class TokenPolicy
{
    private const DeployTokenScopes RegistryScopes = DeployTokenScopes.ReadRegistry | DeployTokenScopes.WriteRegistry;
    private const DeployTokenScopes VirtualScopes = DeployTokenScopes.ReadVirtualRegistry | DeployTokenScopes.WriteVirtualRegistry;

    /// <summary>The sets of scopes any one of which suffices for an action, if the token has all of it (reference §1.3, §3.5).</summary>
    private static readonly FrozenDictionary<RegistryAction, DeployTokenScopes[]> SufficientScopes =
        new Dictionary<RegistryAction, DeployTokenScopes[]>
        {
            [RegistryAction.SignInToRegistry] = [DeployTokenScopes.ReadRegistry, DeployTokenScopes.WriteRegistry],
            [RegistryAction.DownloadCode] = [DeployTokenScopes.ReadRepository],
            [RegistryAction.PullImage] = [DeployTokenScopes.ReadRegistry],
            [RegistryAction.PushImage] = [DeployTokenScopes.WriteRegistry],
            [RegistryAction.ReadPackage] = [DeployTokenScopes.ReadPackageRegistry, DeployTokenScopes.WritePackageRegistry],
            [RegistryAction.ReadGroupPackages] = [DeployTokenScopes.ReadPackageRegistry, DeployTokenScopes.WritePackageRegistry],
            [RegistryAction.WritePackage] = [DeployTokenScopes.WritePackageRegistry],
            [RegistryAction.UseDependencyProxy] = [RegistryScopes, VirtualScopes],
            [RegistryAction.SignInToDependencyProxy] = [RegistryScopes, VirtualScopes],
        }.ToFrozenDictionary();

    /// <summary>Whether a refusal stays one for good, whatever is given to anybody, and whatever is not yet known of the tree: the secret and
    /// the scopes of a token, and what no token may do. That a holder is gone, or that all its tokens were revoked, may be found of what is
    /// only being made, or was moved.</summary>
    public static bool IsFinal(DenyReason reason) => reason is DenyReason.CredentialMalformed or DenyReason.CredentialForged
        or DenyReason.TokenUnknown or DenyReason.SecretMismatch or DenyReason.UsernameMismatch
        or DenyReason.TokenExpired or DenyReason.ScopesOfNoUseHere or DenyReason.ScopeMissing
        or DenyReason.ActionNeverGranted or DenyReason.CredentialWrongKind;

    /// <summary>Decides. What was looked at is added to <paramref name="facts"/>, where somebody wants to know.</summary>
    public static Decision Decide(in DecisionInput input, FactList? facts = null)
    {
        var (resource, group) = Locate(input, facts);
        var (reason, principal) = input.Match == CredentialMatch.None
            ? (RefuseNobody(input, facts), null)
            : RefuseToken(input, facts);
        return new Decision(reason == DenyReason.None, reason, principal, resource)
        {
            Group = group,
            ResourceIsPublic = resource is not null && input.Resource!.Visibility == Visibility.Public,
        };
    }

    /// <summary>
    /// Refuses what is wrong, or dead by the token's own record, which is the same wherever it is aimed; null where more must be known.
    /// </summary>
    public static Decision? RefuseByItself(DeployTokenView? token, CredentialMatch match, DateTimeOffset now)
    {
        var refusal = RefuseByItself(new DecisionInput(token, match, null, RegistryAction.None, null, ViaRedirect: false, now), facts: null);
        return refusal == DenyReason.None ? null : Decision.Deny(refusal);
    }

    /// <summary>Whether somebody without a credential may do what is wanted.</summary>
    private static DenyReason RefuseNobody(in DecisionInput input, FactList? facts)
    {
        if (IsOff(input, facts))
        {
            return DenyReason.FeatureDisabled;
        }

        return IsPublic(input, facts) ? DenyReason.None : DenyReason.CredentialRequired;
    }

    /// <summary>Whether whoever shows the credential may do what is wanted, and whom it stands for, where it is right and alive.</summary>
    private static (DenyReason Reason, Principal? Principal) RefuseToken(in DecisionInput input, FactList? facts)
    {
        var refusal = RefuseCredential(input, facts);
        if (refusal != DenyReason.None)
        {
            return (refusal, null);
        }

        var token = input.Token!;
        var principal = new Principal(token.Id, token.Holder, token.Username, token.Scopes)
        {
            IssuedAt = token.CreatedAt,
            ExpiresAt = token.ExpiresAt,
        };
        return (RefuseAction(input, token, facts), principal);
    }

    /// <summary>Whether the credential is right and alive, for whatever is wanted.</summary>
    private static DenyReason RefuseCredential(in DecisionInput input, FactList? facts)
    {
        if (RefuseByItself(input, facts) is var refusal && refusal != DenyReason.None)
        {
            return refusal;
        }

        var token = input.Token!;
        if (input.Holder is not { } lineage)
        {
            return Failed(facts, "holder_exists", $"The {token.Holder}, or a group above it, was deleted.", DenyReason.HolderGone);
        }

        facts?.Passed("holder_exists", $"The {token.Holder} exists.");
        if (SubtreeRevocations.Of(token.Holder, token.CreatedAt, input.IssuedUnder, lineage) is { } revocation)
        {
            return Failed(
                facts, "subtree_revocation", $"Revoked at {revocation.At:O}, with all tokens at and below {revocation.Node}.", DenyReason.TokenRevoked);
        }

        facts?.Passed("subtree_revocation", $"Not revoked with all tokens of {token.Holder}, nor of a group above it.");
        return DenyReason.None;
    }

    /// <summary>Whether the credential is right, and alive by the token's own record.</summary>
    private static DenyReason RefuseByItself(in DecisionInput input, FactList? facts)
    {
        if (input.Token is not { } token)
        {
            return Failed(facts, "token", "No such token.", DenyReason.TokenUnknown);
        }

        facts?.Passed("token", $"Token {token.Id}, held by {token.Holder}.");
        switch (input.Match)
        {
            case CredentialMatch.OtherSecret:
                return Failed(facts, "secret", "The secret is not the token's.", DenyReason.SecretMismatch);
            case CredentialMatch.OtherUsername:
                return Failed(facts, "username", "The username is not the token's.", DenyReason.UsernameMismatch);
        }

        facts?.Passed("credential", "Secret and username are right, or were not to be shown.");
        if (token.Revocation is { } revocation)
        {
            return Failed(facts, "revocation", $"Revoked at {revocation.At:O}.", DenyReason.TokenRevoked);
        }

        facts?.Passed("revocation", "Not revoked.");
        if (token.IsExpired(input.Now))
        {
            return Failed(facts, "expiry", $"Expired at {token.ExpiresAt:O}; now {input.Now:O}.", DenyReason.TokenExpired);
        }

        facts?.Passed("expiry", token.ExpiresAt is { } end ? $"Expires at {end:O}; now {input.Now:O}." : "Does not expire.");
        return DenyReason.None;
    }

    /// <summary>Whether a token that is right and alive may do what is wanted.</summary>
    private static DenyReason RefuseAction(in DecisionInput input, DeployTokenView token, FactList? facts)
    {
        var action = input.Action;
        if (action == RegistryAction.Introspect)
        {
            return DenyReason.None; // Being right and alive is all that was asked.
        }

        if (!IsOfPackages(action) && (token.Scopes & ScopesOfUse(input.SwitchedOff)) == 0)
        {
            return Failed(
                facts, "scopes", "Package scopes count for packages only, and scopes of what is switched off for nothing.",
                DenyReason.ScopesOfNoUseHere);
        }

        if (IsOff(input, facts))
        {
            return DenyReason.FeatureDisabled;
        }

        // Reference §3.7: where repositories are served the token is known all the same, and only what is public can still be seen.
        var forCode = action is RegistryAction.DownloadCode or RegistryAction.UploadCode;
        if (input.Settings.RefusesDeployTokens && action != RegistryAction.Authenticate && !forCode)
        {
            return RefusedExternally(facts);
        }

        if (IsOfDependencyProxy(action) && token.Holder.Kind != NamespaceKind.Group)
        {
            return Failed(facts, "kind", "The dependency proxy takes the tokens of groups only.", DenyReason.CredentialWrongKind);
        }

        if (!ActionNames.NeedsResource(action))
        {
            return RefuseByScope(action, token.Scopes, facts);
        }

        return Exists(input)
            ? RefuseAtResource(input, token, facts)
            : Failed(facts, "resource", "Nothing of its kind is there, or not by this path.", DenyReason.ResourceNotFound);
    }

    /// <summary>Whether a token that is right and alive may do what is wanted with a resource that exists.</summary>
    private static DenyReason RefuseAtResource(in DecisionInput input, DeployTokenView token, FactList? facts)
    {
        var action = input.Action;

        // Reference §3.6: a token is no worse than none, where package registries are served.
        if (action == RegistryAction.ReadPackage && IsPublic(input, facts: null))
        {
            facts?.Passed("visibility", "Everybody may read it.");
            return DenyReason.None;
        }

        if (!input.Resource!.IsWithin(token.Holder))
        {
            // Reference §3.4: whoever may pull at all may pull what is public.
            var publicPull = action == RegistryAction.PullImage && IsPublic(input, facts);
            return publicPull
                ? RefuseByScope(action, token.Scopes, facts)
                : Failed(facts, "holder", $"It is not within {token.Holder}.", DenyReason.ResourceOutsideHolder);
        }

        facts?.Passed("holder", $"It is within {token.Holder}.");
        if (IsOfPackages(action) && ActionNames.IsOfGroups(action) && input.Resource.Node.Id != token.Holder && !input.Settings.GroupPackagesOfParents)
        {
            return Failed(facts, "group", $"It is not {token.Holder} itself, but below it.", DenyReason.HolderNotThisGroup);
        }

        if (FeatureOf(input) == FeatureAccess.Disabled)
        {
            return Failed(facts, "feature", "It is switched off in the project.", DenyReason.FeatureDisabled);
        }

        if (input.Settings.RefusesDeployTokens && !IsOpen(input))
        {
            return RefusedExternally(facts);
        }

        if (RefuseByScope(action, token.Scopes, facts) is var refusal && refusal != DenyReason.None)
        {
            return refusal;
        }

        var writes = action is RegistryAction.PushImage or RegistryAction.WritePackage;
        return writes && input.Resource.Archived
            ? Failed(facts, "archived", "The project, or a group above it, is archived.", DenyReason.ResourceArchived)
            : DenyReason.None;
    }

    private static DenyReason RefuseByScope(RegistryAction action, DeployTokenScopes scopes, FactList? facts)
    {
        if (action == RegistryAction.Authenticate)
        {
            return DenyReason.None;
        }

        if (!SufficientScopes.TryGetValue(action, out var sufficient))
        {
            return Failed(facts, "action", "No deploy token may do this.", DenyReason.ActionNeverGranted);
        }

        var held = Array.Find(sufficient, set => (scopes & set) == set);
        if (held == DeployTokenScopes.None)
        {
            var needed = string.Join(", or ", sufficient.Select(static set => string.Join(" and ", ScopeNames.Of(set))));
            return Failed(facts, "scope", $"Needs {needed}; has {string.Join(", ", ScopeNames.Of(scopes))}.", DenyReason.ScopeMissing);
        }

        facts?.Passed("scope", $"Has {string.Join(", ", ScopeNames.Of(held))}.");
        return DenyReason.None;
    }

    /// <summary>The scopes that count where repositories and registries are served (reference §3.2, step 3).</summary>
    private static DeployTokenScopes ScopesOfUse(SwitchedOff off) =>
        DeployTokenScopes.ReadRepository
        | (off.HasFlag(SwitchedOff.ContainerRegistry) ? DeployTokenScopes.None : RegistryScopes)
        | (off.HasFlag(SwitchedOff.DependencyProxy) ? DeployTokenScopes.None : VirtualScopes);

    /// <summary>Whether the installation does not serve what is wanted.</summary>
    private static bool IsOff(in DecisionInput input, FactList? facts)
    {
        var part = input.Action switch
        {
            RegistryAction.SignInToRegistry or RegistryAction.PullImage => SwitchedOff.ContainerRegistry,
            RegistryAction.PushImage or RegistryAction.DeleteImage => SwitchedOff.ContainerRegistry,
            _ when IsOfDependencyProxy(input.Action) => SwitchedOff.DependencyProxy,
            _ => SwitchedOff.Nothing,
        };
        var off = (input.SwitchedOff & part) != 0;
        if (off)
        {
            facts?.Add(false, "feature", $"{part} is switched off.");
        }

        return off;
    }

    private static bool IsOfDependencyProxy(RegistryAction action) =>
        action is RegistryAction.UseDependencyProxy or RegistryAction.SignInToDependencyProxy;

    /// <summary>Whether anybody may do this: read something public.</summary>
    private static bool IsPublic(in DecisionInput input, FactList? facts)
    {
        var reads = input.Action is RegistryAction.DownloadCode or RegistryAction.PullImage or RegistryAction.ReadPackage;
        var allowed = reads && Exists(input) && IsOpen(input);
        facts?.Add(allowed, "visibility", allowed ? "Everybody may read it." : "It is not public, or this is not reading.");
        return allowed;
    }

    /// <summary>Whether everybody may see what the action is about, of a resource that exists.</summary>
    private static bool IsOpen(in DecisionInput input) => FeatureOf(input) switch
    {
        FeatureAccess.Public => true,
        FeatureAccess.Enabled => input.Resource!.Visibility == Visibility.Public,
        _ => false,
    };

    /// <summary>
    /// Whether there is a resource of the kind that the action is aimed at, by the way it was named: images do not follow a project that
    /// was moved.
    /// </summary>
    private static bool Exists(in DecisionInput input)
    {
        var kind = ActionNames.IsOfGroups(input.Action) ? NamespaceKind.Group : NamespaceKind.Project;
        return input.Resource is { } lineage && lineage.Node.Id.Kind == kind
            && !(input.ViaRedirect && input.Action is (RegistryAction.PullImage or RegistryAction.PushImage or RegistryAction.DeleteImage));
    }

    private static bool IsOfPackages(RegistryAction action) => action is RegistryAction.ReadPackage or RegistryAction.WritePackage
        or RegistryAction.ReadGroupPackages or RegistryAction.WriteGroupPackages;

    /// <summary>Who may use what the action is about, in the project it is aimed at.</summary>
    private static FeatureAccess FeatureOf(in DecisionInput input)
    {
        var features = input.Resource!.Node.Features;
        return input.Action switch
        {
            RegistryAction.DownloadCode or RegistryAction.UploadCode => features.Repository,
            RegistryAction.PullImage or RegistryAction.PushImage or RegistryAction.DeleteImage => features.ContainerRegistry,
            RegistryAction.ReadPackage or RegistryAction.WritePackage => features.PackageRegistry,
            _ => FeatureAccess.Enabled,
        };
    }

    private static (LocatedProject? Project, LocatedGroup? Group) Locate(in DecisionInput input, FactList? facts)
    {
        if (!ActionNames.NeedsResource(input.Action) || !Exists(input))
        {
            return default;
        }

        var lineage = input.Resource!;
        facts?.Passed("resource", $"The {lineage.Node.Id}: {lineage.FullPath}.");
        return lineage.Node.Id.Kind == NamespaceKind.Group
            ? (null, new LocatedGroup(lineage.Node.Id.AsGroup, lineage.FullPath))
            : (new LocatedProject(lineage.Node.Id.AsProject, lineage.Root.Id.AsGroup, lineage.FullPath), null);
    }

    private static DenyReason RefusedExternally(FactList? facts) => Failed(
        facts, "external_authorization", "An external service decides, and deploy tokens are not accepted beside it.", DenyReason.ExternalAuthorization);

    private static DenyReason Failed(FactList? facts, string check, string detail, DenyReason reason)
    {
        facts?.Add(false, check, detail);
        return reason;
    }
}
