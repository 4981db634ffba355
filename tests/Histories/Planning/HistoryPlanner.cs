using System.Collections.Immutable;
using OrleansTokens.DeployTokens;
using OrleansTokens.Histories.Checking;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Histories.Planning;

/// <summary>
/// Plans one history: a project in a group in a group, another group, tokens held here and there, and one or two things that are done.
/// The subtree has at least one token that loses a right.
/// </summary>
internal sealed class HistoryPlanner(Chance chance, TimeSpan pace, bool skewedClocks)
{
    public const string Top = "top";
    private const string Sub = "sub";
    public const string Project = "project";
    private const string Other = "other";

    private const DeployTokenScopes Scopes = DeployTokenScopes.ReadRepository | DeployTokenScopes.ReadRegistry
        | DeployTokenScopes.WriteRegistry | DeployTokenScopes.WritePackageRegistry;

    private static readonly RegistryAction[] Reads = [RegistryAction.PullImage, RegistryAction.DownloadCode, RegistryAction.ReadPackage];
    private static readonly RegistryAction[] Writes = [RegistryAction.PushImage, RegistryAction.WritePackage];

    public HistoryPlan Plan(string name) => chance.Between(0, 23) switch
    {
        < 8 => EndToken(name, OperationKind.Revoke),
        < 10 => EndToken(name, OperationKind.Destroy),
        < 12 when !skewedClocks => Expire(name),
        < 14 => Transfer(name),
        < 16 => Archive(name),
        < 17 => Hide(name),
        < 19 => Delete(name),
        < 22 => RevokeAll(name),
        _ => IssueAndRevoke(name),
    };

    private TimeSpan Soon() => TimeSpan.FromMilliseconds(chance.Between(200, 3000));

    private TimeSpan Later(TimeSpan than) => than + (pace * (chance.Between(5, 25) / 10.0));

    private TimeSpan? Again() => chance.OneIn(3) ? TimeSpan.FromMilliseconds(chance.Between(0, 60)) : null;

    private bool ByPath() => chance.OneIn(3);

    /// <summary>A project in a group in a group, another group, and tokens.</summary>
    public static World Tree(Visibility visibility, params Token[] tokens) => World.Of(
        [
            new Node(Top, NamespaceKind.Group, null) { Visibility = visibility },
            new Node(Sub, NamespaceKind.Group, Top) { Visibility = visibility },
            new Node(Project, NamespaceKind.Project, Sub) { Visibility = visibility },
            new Node(Other, NamespaceKind.Group, null) { Visibility = visibility },
        ],
        tokens);

    /// <summary>A token that may do all that histories do.</summary>
    public static Token HeldBy(string holder) => new("of-" + holder, holder, Scopes);

    private ImmutableArray<Subject> About(params Token[] tokens) =>
    [
        .. tokens.Select(t => new Subject(t.Name, chance.Pick(Reads), Project, ByPath())),
        .. tokens.Select(t => new Subject(t.Name, chance.Pick(Writes), Project, ByPath())),
        new Subject(tokens[0].Name, RegistryAction.Authenticate, null, false),
    ];

    private HistoryPlan EndToken(string name, OperationKind kind)
    {
        var token = HeldBy(chance.Pick([Top, Sub, Project]));
        var ends = new PlannedOperation(new Operation(kind, token.Name), Soon(), Again());
        if (!chance.OneIn(3))
        {
            return new HistoryPlan(name, Tree(Visibility.Private, token), [ends], About(token));
        }

        // Another token, which must go on working.
        var other = token with { Name = "untouched" };
        return new HistoryPlan(name, Tree(Visibility.Private, token, other), [ends], About(token, other));
    }

    /// <summary>What is issued after it works, what was issued before stays dead wherever it is moved, and what is held elsewhere is untouched.</summary>
    private HistoryPlan RevokeAll(string name)
    {
        var node = chance.Pick([Top, Sub, Project]);
        Token[] dead = [HeldBy(node), HeldBy(Project) with { Name = "of-below" }];
        var untouched = HeldBy(Other);
        var later = HeldBy(chance.Pick([Sub, Project])) with { Name = "issued-later", Issued = false };
        var all = new PlannedOperation(new Operation(OperationKind.RevokeAll, node), Soon(), Again());
        PlannedOperation[] then = chance.Between(0, 3) switch
        {
            0 => [new PlannedOperation(new Operation(OperationKind.Issue, later.Name), Later(all.At))],
            1 => [new PlannedOperation(new Operation(OperationKind.Transfer, Project, Other), Later(all.At))],
            _ => [],
        };
        return new HistoryPlan(name, Tree(Visibility.Private, [.. dead, untouched, later]), [all, .. then], About([.. dead, untouched, later]));
    }

    private HistoryPlan IssueAndRevoke(string name)
    {
        var token = HeldBy(chance.Pick([Sub, Project])) with { Issued = false };
        var issued = Soon();
        return new HistoryPlan(
            name,
            Tree(Visibility.Private, token),
            [
                new PlannedOperation(new Operation(OperationKind.Issue, token.Name), issued),
                new PlannedOperation(new Operation(OperationKind.Revoke, token.Name), Later(issued), Again()),
            ],
            About(token));
    }

    private HistoryPlan Expire(string name)
    {
        var token = HeldBy(chance.Pick([Sub, Project])) with { Issued = false, Expires = true };
        var issued = Soon();
        var lifetime = pace * (chance.Between(8, 30) / 10.0);
        return new HistoryPlan(
            name,
            Tree(Visibility.Private, token),
            [
                new PlannedOperation(new Operation(OperationKind.Issue, token.Name), issued, Lifetime: lifetime),
                new PlannedOperation(new Operation(OperationKind.Expire, token.Name), issued + lifetime),
            ],
            About(token));
    }

    private HistoryPlan Transfer(string name)
    {
        var (moved, holder) = chance.OneIn(2) ? (Project, chance.Pick([Top, Sub])) : (Sub, Top);
        var token = HeldBy(holder);
        var gains = HeldBy(Other);
        var away = new PlannedOperation(new Operation(OperationKind.Transfer, moved, Other), Soon());
        var home = new PlannedOperation(new Operation(OperationKind.Transfer, moved, moved == Project ? Sub : Top), Later(away.At));

        // Back home it is not where the redirects of images lead, so nobody asks by path.
        var returns = chance.OneIn(3);
        var subjects = About(token, gains);
        return new HistoryPlan(
            name,
            Tree(Visibility.Private, token, gains),
            returns ? [away, home] : [away],
            returns ? [.. subjects.Select(static s => s with { ByPath = false })] : subjects);
    }

    private HistoryPlan Archive(string name)
    {
        var token = HeldBy(chance.Pick([Top, Sub, Project]));
        var node = chance.Pick([Top, Sub, Project]);
        var archived = new PlannedOperation(new Operation(OperationKind.Archive, node), Soon());
        var back = new PlannedOperation(new Operation(OperationKind.Unarchive, node), Later(archived.At));
        return new HistoryPlan(name, Tree(Visibility.Private, token), chance.OneIn(3) ? [archived, back] : [archived], About(token));
    }

    /// <summary>A token from elsewhere reads what is public, until it is not.</summary>
    private HistoryPlan Hide(string name)
    {
        var token = HeldBy(Other);
        var hidden = new PlannedOperation(new Operation(OperationKind.ChangeVisibility, Project), Soon());
        return new HistoryPlan(
            name,
            Tree(Visibility.Public, token),
            [hidden],
            [
                new Subject(token.Name, RegistryAction.PullImage, Project, ByPath()),
                new Subject(token.Name, RegistryAction.ReadPackage, Project, ByPath()),
                new Subject(token.Name, RegistryAction.PushImage, Project, ByPath()),
            ]);
    }

    private HistoryPlan Delete(string name)
    {
        var holder = chance.Pick([Top, Sub, Project]);
        var token = HeldBy(holder);
        var node = chance.Pick([Top, Sub, Project]);
        return new HistoryPlan(
            name,
            Tree(Visibility.Private, token),
            [new PlannedOperation(new Operation(OperationKind.Delete, node), Soon())],
            About(token));
    }
}
