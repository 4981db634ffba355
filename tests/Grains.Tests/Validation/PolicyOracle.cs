using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Validation;

/// <summary>A group or project of a generated tree. <paramref name="Parent"/> is null at the top.</summary>
/// <remarks>What of it is switched off, for members only, or public although the project is not: by feature; others follow the project.</remarks>
public sealed record OracleNode(bool IsProject, long Id, OracleNode? Parent, string Visibility, bool IsArchived, bool IsDeleted)
{
    public IReadOnlyDictionary<string, string> Features { get; init; } = new Dictionary<string, string>();

    /// <summary>That all tokens here and below were revoked: at this node, or at groups that it was in earlier.</summary>
    public List<OracleRevocation> TokenRevocations { get; } = [];
}

/// <summary>That all tokens at and below some node were revoked, for the how many-eth time.</summary>
public sealed record OracleRevocation((bool IsProject, long Id) Of, int Generation, DateTimeOffset At);

/// <summary>A token of a generated case, in the words of the reference.</summary>
public sealed record OracleToken(
    long Id, OracleNode Holder, string Username, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt, bool IsRevoked, bool IsDestroyed)
{
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How many times all tokens had been revoked, by node, where the token was issued.</summary>
    public IReadOnlyDictionary<(bool IsProject, long Id), int> Saw { get; init; } = new Dictionary<(bool, long), int>();
}

/// <summary>What somebody shows. No username: the surface does not check one.</summary>
public sealed record OracleCredential(bool IsSecretOfToken, string? Username);

/// <summary>A whole question: who shows what of which token, and wants to do what where. <paramref name="IsDecidedElsewhere"/>: the external
/// authorization service is enabled, and deploy tokens are not allowed beside it.</summary>
public sealed record OracleCase(
    OracleToken? Token,
    OracleCredential? Credential,
    RegistryAction Action,
    OracleNode? Target,
    bool IsOldPath,
    bool IsDecidedElsewhere,
    DateTimeOffset Now)
{
    /// <summary>Whether the installation has no container registry.</summary>
    public bool HasNoRegistry { get; init; }

    /// <summary>Whether the installation has no dependency proxy.</summary>
    public bool HasNoDependencyProxy { get; init; }

    /// <summary>Whether the installation lets tokens of the groups above read a group's packages.</summary>
    public bool ParentsReachGroupPackages { get; init; }
}

/// <summary>What is right. <paramref name="IsRecognised"/>: the credential is good, whatever comes of it.</summary>
public sealed record OracleVerdict(bool IsAllowed, DenyReason Reason, bool IsRecognised, OracleNode? Place)
{
    /// <summary>§3.6, "actor can read project": whether everybody knows of the project.</summary>
    public bool IsOfPublicProject => Place is { IsProject: true } project && PolicyOracle.IsPublic(project);
}

/// <summary>
/// A second opinion on what a deploy token may do, written from the prose of the reference and slow on purpose. It shares nothing with
/// <c>TokenPolicy</c> but the names of actions and reasons.
/// </summary>
public static class PolicyOracle
{
    /// <summary>Reference §1.3, read downwards: which scope grants what. write_registry does not imply pull; writing packages implies reading.</summary>
    private static readonly Dictionary<RegistryAction, string[]> Grants = new()
    {
        [RegistryAction.SignInToRegistry] = ["read_registry", "write_registry"],
        [RegistryAction.DownloadCode] = ["read_repository"],
        [RegistryAction.PullImage] = ["read_registry"],
        [RegistryAction.PushImage] = ["write_registry"],
        [RegistryAction.ReadPackage] = ["read_package_registry", "write_package_registry"],
        [RegistryAction.WritePackage] = ["write_package_registry"],
        [RegistryAction.ReadGroupPackages] = ["read_package_registry", "write_package_registry"],
    };

    private static readonly HashSet<RegistryAction> AtNoPlace =
    [
        RegistryAction.None, RegistryAction.Authenticate, RegistryAction.SignInToRegistry, RegistryAction.SignInToDependencyProxy,
        RegistryAction.Introspect,
    ];

    private static readonly HashSet<RegistryAction> OfDependencyProxy = [RegistryAction.UseDependencyProxy, RegistryAction.SignInToDependencyProxy];
    private static readonly HashSet<RegistryAction> OfTheRegistry =
    [
        RegistryAction.SignInToRegistry, RegistryAction.PullImage, RegistryAction.PushImage, RegistryAction.DeleteImage,
    ];

    private static readonly HashSet<RegistryAction> OfImages = [RegistryAction.PullImage, RegistryAction.PushImage, RegistryAction.DeleteImage];
    private static readonly HashSet<RegistryAction> OfGroups = [RegistryAction.ReadGroupPackages, RegistryAction.WriteGroupPackages];
    private static readonly HashSet<RegistryAction> OfPackages = [RegistryAction.ReadPackage, RegistryAction.WritePackage, .. OfGroups];
    private static readonly HashSet<RegistryAction> OfGit = [RegistryAction.DownloadCode, RegistryAction.UploadCode];
    private static readonly HashSet<RegistryAction> Reading =
        [RegistryAction.DownloadCode, RegistryAction.PullImage, RegistryAction.ReadPackage, RegistryAction.ReadGroupPackages];

    public static OracleVerdict Judge(OracleCase asked)
    {
        var project = Project(asked);
        if (asked.Credential is not { } shown)
        {
            if (IsOff(asked))
            {
                return new OracleVerdict(false, DenyReason.FeatureDisabled, false, project);
            }

            return project is { IsProject: true } && Reading.Contains(asked.Action) && IsOpen(project, asked.Action)
                ? new OracleVerdict(true, DenyReason.None, false, project)
                : new OracleVerdict(false, DenyReason.CredentialRequired, false, project);
        }

        var refusal = Authenticate(asked.Token, shown, asked.Now);
        if (refusal != DenyReason.None)
        {
            return new OracleVerdict(false, refusal, false, project);
        }

        refusal = Authorize(asked, asked.Token!, project);
        return new OracleVerdict(refusal == DenyReason.None, refusal, true, project);
    }

    /// <summary>§3.2, step 3, as far as it is about the credential alone; §1.5 with one clock.</summary>
    private static DenyReason Authenticate(OracleToken? token, OracleCredential shown, DateTimeOffset now)
    {
        if (token is null || token.IsDestroyed)
        {
            return DenyReason.TokenUnknown;
        }

        if (!shown.IsSecretOfToken)
        {
            return DenyReason.SecretMismatch;
        }

        if (shown.Username is not null && shown.Username != token.Username)
        {
            return DenyReason.UsernameMismatch;
        }

        if (token.IsRevoked)
        {
            return DenyReason.TokenRevoked;
        }

        if (token.ExpiresAt is not null && token.ExpiresAt.Value.UtcTicks <= now.UtcTicks)
        {
            return DenyReason.TokenExpired;
        }

        if (!Exists(token.Holder))
        {
            return DenyReason.HolderGone;
        }

        return Upward(token.Holder).Exists(node => node.TokenRevocations.Exists(all => Covers(all, token))) ? DenyReason.TokenRevoked : DenyReason.None;
    }

    /// <summary>What knew of the revocation when it was issued came after it. Of the rest, what is ten minutes younger is another place's.</summary>
    private static bool Covers(OracleRevocation all, OracleToken token)
    {
        var knewOfIt = token.Saw.ContainsKey(all.Of) && token.Saw[all.Of] >= all.Generation;
        var isFarYounger = (token.CreatedAt - all.At).TotalMinutes >= 10;
        return !knewOfIt && !isFarYounger;
    }

    private static DenyReason Authorize(OracleCase asked, OracleToken token, OracleNode? project)
    {
        // RFC 7662: what is alive is active, whatever it may do.
        if (asked.Action == RegistryAction.Introspect)
        {
            return DenyReason.None;
        }

        if (!OfPackages.Contains(asked.Action) && !HasAScopeThatCounts(asked, token))
        {
            return DenyReason.ScopesOfNoUseHere;
        }

        if (IsOff(asked))
        {
            return DenyReason.FeatureDisabled;
        }

        if (asked.Action == RegistryAction.Authenticate)
        {
            return DenyReason.None;
        }

        // §3.7: refused wherever a token is of use; at git, where it authenticates, only once it is known which project is meant.
        if (asked.IsDecidedElsewhere && !OfGit.Contains(asked.Action))
        {
            return DenyReason.ExternalAuthorization;
        }

        if (OfDependencyProxy.Contains(asked.Action))
        {
            return AuthorizeAtDependencyProxy(asked, token);
        }

        if (AtNoPlace.Contains(asked.Action))
        {
            return ByScope(asked.Action, token);
        }

        return project is null ? DenyReason.ResourceNotFound : AuthorizeAt(project, asked, token);
    }

    private static DenyReason AuthorizeAt(OracleNode project, OracleCase asked, OracleToken token)
    {
        // §3.6: what everybody may read of packages is not hidden from who has a token, whatever token it is.
        if (asked.Action == RegistryAction.ReadPackage && IsOpen(project, asked.Action))
        {
            return DenyReason.None;
        }

        // §3.2: a project's token reaches that project, a group's token whatever has the group above it.
        if (!Upward(project).Contains(token.Holder))
        {
            var everybodyMayPull = asked.Action == RegistryAction.PullImage && IsOpen(project, asked.Action); // §3.4
            return everybodyMayPull ? ByScope(asked.Action, token) : DenyReason.ResourceOutsideHolder;
        }

        // §3.6: at the addresses of a group, exactly that group's tokens.
        if (OfGroups.Contains(asked.Action) && !asked.ParentsReachGroupPackages && !ReferenceEquals(project, token.Holder))
        {
            return DenyReason.HolderNotThisGroup;
        }

        // §3.2, step 3, §3.4, §3.6: nothing is granted of what is switched off.
        if (Level(project, asked.Action) == "disabled")
        {
            return DenyReason.FeatureDisabled;
        }

        // §3.7: "git private". What everybody may see is not hidden from who has a token.
        if (asked.IsDecidedElsewhere && !IsOpen(project, asked.Action))
        {
            return DenyReason.ExternalAuthorization;
        }

        var byScope = ByScope(asked.Action, token);
        if (byScope != DenyReason.None)
        {
            return byScope;
        }

        // §3.4, §3.6: what is archived takes no writes, and can be read.
        var isArchived = Upward(project).Exists(static node => node.IsArchived);
        return isArchived && !Reading.Contains(asked.Action) ? DenyReason.ResourceArchived : DenyReason.None;
    }

    /// <summary>§3.2: package scopes do not count at git and at the registry, nor do those of what the installation has not.</summary>
    private static bool HasAScopeThatCounts(OracleCase asked, OracleToken token)
    {
        var counting = new HashSet<string>(token.Scopes);
        counting.Remove("read_package_registry");
        counting.Remove("write_package_registry");
        if (asked.HasNoRegistry)
        {
            counting.RemoveWhere(static scope => scope is "read_registry" or "write_registry");
        }

        if (asked.HasNoDependencyProxy)
        {
            counting.RemoveWhere(static scope => scope is "read_virtual_registry" or "write_virtual_registry");
        }

        return counting.Count > 0;
    }

    private static bool IsOff(OracleCase asked) =>
        (asked.HasNoRegistry && OfTheRegistry.Contains(asked.Action))
        || (asked.HasNoDependencyProxy && OfDependencyProxy.Contains(asked.Action));

    /// <summary>§3.5: groups' tokens with both registry scopes or both virtual ones, in the token's group and below it.</summary>
    private static DenyReason AuthorizeAtDependencyProxy(OracleCase asked, OracleToken token)
    {
        if (token.Holder.IsProject)
        {
            return DenyReason.CredentialWrongKind;
        }

        if (asked.Action == RegistryAction.UseDependencyProxy)
        {
            if (asked.Target is not { IsProject: false } group || !Exists(group))
            {
                return DenyReason.ResourceNotFound;
            }

            if (!Upward(group).Contains(token.Holder))
            {
                return DenyReason.ResourceOutsideHolder;
            }
        }

        var hasRegistryPair = token.Scopes.Contains("read_registry") && token.Scopes.Contains("write_registry");
        var hasVirtualPair = token.Scopes.Contains("read_virtual_registry") && token.Scopes.Contains("write_virtual_registry");
        return hasRegistryPair || hasVirtualPair ? DenyReason.None : DenyReason.ScopeMissing;
    }

    private static DenyReason ByScope(RegistryAction action, OracleToken token)
    {
        if (!Grants.TryGetValue(action, out var sufficient))
        {
            return DenyReason.ActionNeverGranted; // §1.3: no scope ever grants push to git, deletion, or anything else.
        }

        foreach (var scope in token.Scopes)
        {
            if (sufficient.Contains(scope))
            {
                return DenyReason.None;
            }
        }

        return DenyReason.ScopeMissing;
    }

    /// <summary>The project, or group, that is asked for, if there is one. Images do not follow a project that was moved; git does.</summary>
    private static OracleNode? Project(OracleCase asked)
    {
        if (AtNoPlace.Contains(asked.Action) || asked.Target is not { } target || !Exists(target)
            || target.IsProject == (OfGroups.Contains(asked.Action) || asked.Action == RegistryAction.UseDependencyProxy))
        {
            return null;
        }

        return asked.IsOldPath && OfImages.Contains(asked.Action) ? null : target;
    }

    private static bool Exists(OracleNode node) => !Upward(node).Exists(static n => n.IsDeleted);

    public static bool IsPublic(OracleNode node) => Upward(node).TrueForAll(static n => n.Visibility == "public");

    private static bool IsOpen(OracleNode project, RegistryAction action)
    {
        var level = Level(project, action);
        return level == "public" || (level == "enabled" && IsPublic(project));
    }

    private static string Level(OracleNode project, RegistryAction action)
    {
        var feature = OfImages.Contains(action) ? "container_registry"
            : OfPackages.Contains(action) ? "package_registry"
            : action is RegistryAction.DownloadCode or RegistryAction.UploadCode ? "repository"
            : "none";
        return project.Features.TryGetValue(feature, out var level) ? level : "enabled";
    }

    private static List<OracleNode> Upward(OracleNode node)
    {
        var all = new List<OracleNode>();
        for (var at = node; at is not null; at = at.Parent)
        {
            all.Add(at);
        }

        return all;
    }
}
