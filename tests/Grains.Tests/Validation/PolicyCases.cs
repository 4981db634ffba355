using System.Globalization;
using CsCheck;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Validation;

/// <summary>Generates cases for the oracle, and says each one in the terms of <see cref="TokenPolicy"/>.</summary>
internal static class PolicyCases
{
    public const string Username = "pasted-username";

    private static readonly DateTimeOffset Noon = new(2030, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly string[] Scopes =
    [
        "read_repository", "read_registry", "write_registry", "read_package_registry", "write_package_registry", "read_virtual_registry",
        "write_virtual_registry",
    ];

    /// <summary>Every action, and one that there is not. One that is rarely allowed comes more often.</summary>
    private static readonly RegistryAction[] Actions =
        [.. Enum.GetValues<RegistryAction>(), (RegistryAction)99, RegistryAction.UseDependencyProxy];

    private static readonly string[] Visibilities = ["private", "internal", "public"];

    /// <summary>A tree: group by group, most below the one before, so that it gets deep; then a few projects.</summary>
    private static readonly Gen<List<OracleNode>> Tree = Gen.Select(
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 1000], Gen.Int[0, 5], Gen.Int[0, 9], Gen.Int[0, 59]).Array[1, 26],
        Gen.Select(Gen.Int[0, 1000], Gen.Int[0, 5], Gen.Int[0, 9], Gen.Int[0, 29], Gen.Int[0, 399]).Array[1, 8],
        static (groups, projects) => Plant(groups, projects));

    /// <summary>
    /// Where on the way up from the holder all tokens were revoked, or the group left there was; for which time; how many minutes and
    /// ticks from when the token was issued; and how many of these it knew of.
    /// </summary>
    private static readonly Gen<(int Up, int Left, int Generation, int Minutes, int Ticks, int Saw)[]> Revocations = Gen.Frequency(
        (3, Gen.Const(Array.Empty<(int, int, int, int, int, int)>())),
        (1, Gen.Select(
            Gen.Int[0, 25], Gen.Int[0, 3], Gen.Int[1, 3], Gen.OneOf(-10, -10, -20, 0, 5, 100_000), Gen.Int[-1, 1], Gen.Int[0, 3]).Array[1, 3]));

    public static Gen<OracleCase> Any { get; } =
        from tree in Tree
        from holder in Gen.Int[0, tree.Count - 1]
        from near in Gen.Int[0, 2]
        from target in Gen.Int[0, tree.Count]
        from last in Gen.Int[0, 3]
        from scopes in Gen.Int[1, (1 << Scopes.Length) - 1]
        from expiry in Gen.OneOf<long?>(null, null, null, null, null, 1, 1, 1, TimeSpan.TicksPerDay, 0, -1, -TimeSpan.TicksPerDay)
        from state in Gen.Int[0, 39]
        from shown in Gen.Int[0, 29]
        from action in Gen.Int[0, Actions.Length - 1].Select(static i => Actions[i])
        from old in Gen.Int[0, 5]
        from elsewhere in Gen.Int[0, 5]
        from parents in Gen.Int[0, 3]
        from off in Gen.Int[0, 19]
        from revocations in Revocations
        select Revoked(Case(tree, (holder, near, last == 0 ? target : tree.Count - 1), scopes, expiry, state, shown, action, old == 0), revocations) with
        {
            HasNoRegistry = off is 0 or 1,
            HasNoDependencyProxy = off is 1 or 2,
            IsDecidedElsewhere = elsewhere == 0,
            ParentsReachGroupPackages = parents == 0,
        };

    public static DecisionInput Input(OracleCase asked)
    {
        var token = asked.Token is { IsDestroyed: false } t ? View(t) : null;
        var match = asked.Credential switch
        {
            null => CredentialMatch.None,
            { IsSecretOfToken: false } => CredentialMatch.OtherSecret,
            { Username: { } username } when username != asked.Token?.Username => CredentialMatch.OtherUsername,
            _ => CredentialMatch.Right,
        };
        return new DecisionInput(
            token, match, HolderLineage(asked), asked.Action,
            asked.Target is { } target ? Lineage(target) : null, asked.IsOldPath, asked.Now,
            new DecisionSettings(asked.IsDecidedElsewhere, asked.ParentsReachGroupPackages))
        {
            IssuedUnder = asked.Token is null
                ? []
                : [.. asked.Token.Saw.Select(static saw => new IssuedUnder { NodeKind = Kind(saw.Key.IsProject), NodeId = saw.Key.Id, Generation = saw.Value })],
            SwitchedOff = (asked.HasNoRegistry ? SwitchedOff.ContainerRegistry : SwitchedOff.Nothing)
                | (asked.HasNoDependencyProxy ? SwitchedOff.DependencyProxy : SwitchedOff.Nothing),
        };
    }

    /// <summary>As the grain finds it: in the lineage of where the action is aimed, if it leads through the holder.</summary>
    private static Lineage? HolderLineage(OracleCase asked)
    {
        var holder = asked.Token?.Holder;
        return holder is null ? null
            : asked.Target is { } target && Upward(target).Contains(holder) && Lineage(target) is { } through ? through
            : Lineage(holder);
    }

    /// <summary>What a grain would say of a node: null below what is deleted.</summary>
    public static Lineage? Lineage(OracleNode node)
    {
        var nodes = new List<LineageNode>();
        for (var at = node; at is not null; at = at.Parent)
        {
            if (at.IsDeleted)
            {
                return null;
            }

            nodes.Add(new LineageNode(Id(at), Slug(at), "Name", Enum.Parse<Visibility>(at.Visibility, ignoreCase: true), at.IsArchived, 1, Features(at))
            {
                TokenRevocations = [.. at.TokenRevocations.Select(static r => new SubtreeRevocation(
                    new NamespaceId(Kind(r.Of.IsProject), r.Of.Id), r.Generation, r.At, new OperatorId(1), ""))],
            });
        }

        return new Lineage([.. nodes]);
    }

    private static ProjectFeatures Features(OracleNode node)
    {
        return new ProjectFeatures(Of("repository"), Of("container_registry"), Of("package_registry"));

        FeatureAccess Of(string feature) =>
            node.Features.TryGetValue(feature, out var level) ? Enum.Parse<FeatureAccess>(level, ignoreCase: true) : FeatureAccess.Enabled;
    }

    public static NamespaceId Id(OracleNode node) => new(Kind(node.IsProject), node.Id);

    private static NamespaceKind Kind(bool isProject) => isProject ? NamespaceKind.Project : NamespaceKind.Group;

    private static OracleCase Revoked(OracleCase asked, (int Up, int Left, int Generation, int Minutes, int Ticks, int Saw)[] revocations)
    {
        if (asked.Token is not { } token)
        {
            return asked;
        }

        var saw = new Dictionary<(bool, long), int>();
        var up = Upward(token.Holder);
        foreach (var (above, left, generation, minutes, ticks, seen) in revocations)
        {
            var at = up[above % up.Count];
            var of = left == 0 ? (false, 1000L + at.Id) : (at.IsProject, at.Id); // No other node has such a number.
            if (at.TokenRevocations.TrueForAll(known => known.Of != of))
            {
                at.TokenRevocations.Add(new OracleRevocation(of, generation, token.CreatedAt.AddMinutes(minutes).AddTicks(ticks)));
                _ = seen > 0 && saw.TryAdd(of, seen);
            }
        }

        return asked with { Token = token with { Saw = saw } };
    }

    private static OracleCase Case(
        List<OracleNode> tree,
        (int Holder, int Near, int Target) at,
        int scopes,
        long? expiry,
        int state,
        int shown,
        RegistryAction action,
        bool isOldPath)
    {
        var target = at.Target == tree.Count ? null : tree[at.Target];
        target = ActionNames.IsOfGroups(action) && at.Near > 0 && target is { IsProject: true } ? target.Parent : target;

        // Two of three times the holder is on the way up from the target: otherwise hardly anything would be allowed.
        var up = at.Near == 0 || target is null ? [] : Upward(target);
        var holder = up.Count == 0 ? tree[at.Holder] : up[at.Holder % up.Count];
        var token = state == 0
            ? null
            : new OracleToken(
                12, holder, Username, [.. Scopes.Where((_, i) => (scopes & (1 << i)) != 0)], Noon.AddTicks(expiry ?? 0),
                IsRevoked: state == 1, IsDestroyed: state == 2)
            {
                CreatedAt = Noon.AddDays(-1),
            };
        token = expiry is null && token is not null ? token with { ExpiresAt = null } : token;
        var credential = shown switch
        {
            0 or 1 => null,
            2 => new OracleCredential(false, Username),
            3 => new OracleCredential(true, Username.ToUpperInvariant()),
            4 => new OracleCredential(true, ""),
            < 8 => new OracleCredential(true, null),
            _ => new OracleCredential(true, Username),
        };
        credential = token is null && credential is not null ? credential with { IsSecretOfToken = false } : credential;
        return new OracleCase(token, credential, action, target, isOldPath, IsDecidedElsewhere: false, Noon);
    }

    private static List<OracleNode> Plant(
        (int Shape, int Pick, int Visibility, int Archived, int Deleted)[] groups, (int Pick, int Visibility, int Archived, int Deleted, int Features)[] projects)
    {
        var nodes = new List<OracleNode>();
        foreach (var (shape, pick, visibility, archived, deleted) in groups)
        {
            var parent = nodes.Count == 0 || shape == 0 ? null : shape == 1 ? nodes[pick % nodes.Count] : nodes[^1];
            parent = parent is not null && Upward(parent).Count >= Limits.MaxGroupDepth ? null : parent;
            nodes.Add(new OracleNode(false, nodes.Count + 1, parent, Seen(visibility), archived == 0, deleted == 0));
        }

        var groupCount = nodes.Count;
        foreach (var (pick, visibility, archived, deleted, features) in projects)
        {
            // The id of a group and of a project may be the same number.
            nodes.Add(new OracleNode(
                true, nodes.Count - groupCount + 1, nodes[pick % groupCount], Seen(visibility), archived == 0, deleted == 0)
            {
                Features = Features(features),
            });
        }

        return nodes;

        static string Seen(int n) => Visibilities[Math.Min(n, 2)];

        // Most projects have everything enabled; some have one feature at another level.
        static Dictionary<string, string> Features(int n) => new[]
        {
            ("repository", "disabled"), ("repository", "private"), ("container_registry", "disabled"), ("container_registry", "private"),
            ("package_registry", "disabled"), ("package_registry", "private"), ("package_registry", "public"),
        }.Where((_, i) => n % 40 == i || n / 10 == i).DistinctBy(static f => f.Item1).ToDictionary(static f => f.Item1, static f => f.Item2);
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

    private static Slug Slug(OracleNode node) =>
        OrleansTokens.Namespaces.Slug.Parse(string.Create(CultureInfo.InvariantCulture, $"{(node.IsProject ? 'p' : 'g')}{node.Id}"));

    private static DeployTokenView View(OracleToken token)
    {
        var scopes = token.Scopes.Aggregate(
            DeployTokenScopes.None, static (all, name) => ScopeNames.TryParse(name, out var scope) ? all | scope : throw new ArgumentException(name));
        return new DeployTokenView(
            new TokenId(token.Id), Id(token.Holder), "name", token.Username, scopes, token.CreatedAt, new OperatorId(1), token.ExpiresAt,
            token.IsRevoked ? new Revocation(Noon, new OperatorId(1), "") : null, 1);
    }
}
