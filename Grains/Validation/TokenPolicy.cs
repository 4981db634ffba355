using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Validation;

/// <summary>What the secret and username that were shown are, compared with the token's.</summary>
internal enum CredentialMatch
{
    /// <summary>Nothing was shown.</summary>
    None,

    /// <summary>The secret is another.</summary>
    OtherSecret,

    /// <summary>The secret is right, the username is another.</summary>
    OtherUsername,

    /// <summary>All that was to be shown is right.</summary>
    Right,
}

/// <summary>Everything that a decision rests on.</summary>
/// <param name="Token">The token's record; null where there is none.</param>
/// <param name="Match">What was shown.</param>
/// <param name="HolderExists">Whether the token's holder, and every group above it, exists.</param>
/// <param name="Action">What is wanted.</param>
/// <param name="Resource">The lineage of the project it is aimed at; null where there is none.</param>
/// <param name="ViaRedirect">Whether the project was named by an old path.</param>
/// <param name="Now">The time of the decision.</param>
/// <param name="Settings">What is set for the whole installation.</param>
internal readonly record struct DecisionInput(
    DeployTokenView? Token,
    CredentialMatch Match,
    bool HolderExists,
    RegistryAction Action,
    Lineage? Resource,
    bool ViaRedirect,
    DateTimeOffset Now,
    DecisionSettings Settings = default)
{
    /// <summary>What a decision about somebody without a credential rests on.</summary>
    public static DecisionInput Anonymous(RegistryAction action, Lineage? resource, bool viaRedirect, DateTimeOffset now) =>
        new(null, CredentialMatch.None, false, action, resource, viaRedirect, now);
}

/// <summary>
/// The one place where it is decided what a deploy token, or nobody, may do. Pure. Reference §1.3, §1.5, §3.2 to §3.4, §3.7.
/// </summary>
internal static class TokenPolicy
{
    /// <summary>The scopes that count where repositories and registries are served (reference §3.2, step 3).</summary>
    private const DeployTokenScopes ScopesOfUse =
        DeployTokenScopes.ReadRepository | DeployTokenScopes.ReadRegistry | DeployTokenScopes.WriteRegistry
        | DeployTokenScopes.ReadVirtualRegistry | DeployTokenScopes.WriteVirtualRegistry;

    /// <summary>Decides. What was looked at is added to <paramref name="facts"/>, where somebody wants to know.</summary>
    public static Decision Decide(in DecisionInput input, FactList? facts = null)
    {
        var resource = Locate(input, facts);
        if (input.Match == CredentialMatch.None)
        {
            var open = IsPublic(input, facts);
            return new Decision(open, open ? DenyReason.None : DenyReason.CredentialRequired, null, resource);
        }

        if (RefuseCredential(input, facts) is var refusal && refusal != DenyReason.None)
        {
            return new Decision(false, refusal, null, resource);
        }

        var token = input.Token!;
        var principal = new Principal(token.Id, token.Holder, token.Username, token.Scopes)
        {
            IssuedAt = token.CreatedAt,
            ExpiresAt = token.ExpiresAt,
        };
        var reason = RefuseAction(input, token, facts);
        return new Decision(reason == DenyReason.None, reason, principal, resource);
    }

    /// <summary>Whether the credential is right and alive, for whatever is wanted.</summary>
    private static DenyReason RefuseCredential(in DecisionInput input, FactList? facts)
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
        if (!input.HolderExists)
        {
            return Failed(facts, "holder_exists", $"The {token.Holder}, or a group above it, was deleted.", DenyReason.HolderGone);
        }

        facts?.Passed("holder_exists", $"The {token.Holder} exists.");
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

        var forPackages = action is RegistryAction.ReadPackage or RegistryAction.WritePackage;
        if (!forPackages && (token.Scopes & ScopesOfUse) == 0)
        {
            return Failed(facts, "scopes", "Package scopes count for packages only.", DenyReason.ScopesOfNoUseHere);
        }

        // Reference §3.7: where repositories are served the token is known all the same, and only what is public can still be seen.
        var forCode = action is RegistryAction.DownloadCode or RegistryAction.UploadCode;
        if (input.Settings.RefusesDeployTokens && action != RegistryAction.Authenticate && !forCode)
        {
            return RefusedExternally(facts);
        }

        if (!ActionNames.NeedsResource(action))
        {
            return RefuseByScope(action, token.Scopes, facts);
        }

        if (!Exists(input))
        {
            return Failed(facts, "resource", "No such project, or not by this path.", DenyReason.ResourceNotFound);
        }

        if (!input.Resource!.IsWithin(token.Holder))
        {
            // Reference §3.4: whoever may pull at all may pull what is public.
            var publicPull = action == RegistryAction.PullImage && IsPublic(input, facts);
            return publicPull
                ? RefuseByScope(action, token.Scopes, facts)
                : Failed(facts, "holder", $"The project is not within {token.Holder}.", DenyReason.ResourceOutsideHolder);
        }

        facts?.Passed("holder", $"The project is within {token.Holder}.");
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

        var any = SufficientScopes(action);
        if (any == DeployTokenScopes.None)
        {
            return Failed(facts, "action", "No deploy token may do this.", DenyReason.ActionNeverGranted);
        }

        if ((scopes & any) == 0)
        {
            return Failed(
                facts, "scope", $"Needs {string.Join(" or ", ScopeNames.Of(any))}; has {string.Join(", ", ScopeNames.Of(scopes))}.",
                DenyReason.ScopeMissing);
        }

        facts?.Passed("scope", $"Has {string.Join(", ", ScopeNames.Of(scopes & any))}.");
        return DenyReason.None;
    }

    /// <summary>The scopes any of which suffices for an action (reference §1.3). None: nothing does.</summary>
    private static DeployTokenScopes SufficientScopes(RegistryAction action) => action switch
    {
        RegistryAction.SignInToRegistry => DeployTokenScopes.ReadRegistry | DeployTokenScopes.WriteRegistry,
        RegistryAction.DownloadCode => DeployTokenScopes.ReadRepository,
        RegistryAction.PullImage => DeployTokenScopes.ReadRegistry,
        RegistryAction.PushImage => DeployTokenScopes.WriteRegistry,
        RegistryAction.ReadPackage => DeployTokenScopes.ReadPackageRegistry | DeployTokenScopes.WritePackageRegistry,
        RegistryAction.WritePackage => DeployTokenScopes.WritePackageRegistry,
        _ => DeployTokenScopes.None,
    };

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

    /// <summary>Whether there is a resource, by the way it was named: images do not follow a project that was moved.</summary>
    private static bool Exists(in DecisionInput input) =>
        input.Resource is { Node.Id.Kind: NamespaceKind.Project }
        && !(input.ViaRedirect && input.Action is (RegistryAction.PullImage or RegistryAction.PushImage or RegistryAction.DeleteImage));

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

    private static LocatedProject? Locate(in DecisionInput input, FactList? facts)
    {
        if (!ActionNames.NeedsResource(input.Action) || !Exists(input))
        {
            return null;
        }

        var lineage = input.Resource!;
        facts?.Passed("resource", $"The {lineage.Node.Id}: {lineage.FullPath}.");
        return new LocatedProject(lineage.Node.Id.AsProject, lineage.Root.Id.AsGroup, lineage.FullPath);
    }

    private static DenyReason RefusedExternally(FactList? facts) => Failed(
        facts, "external_authorization", "An external service decides, and deploy tokens are not accepted beside it.", DenyReason.ExternalAuthorization);

    private static DenyReason Failed(FactList? facts, string check, string detail, DenyReason reason)
    {
        facts?.Add(false, check, detail);
        return reason;
    }
}
