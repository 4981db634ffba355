using System.Globalization;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Fixture;

/// <summary>Makes things in a few words.</summary>
internal static class Making
{
    /// <summary>Whoever asks, where it does not matter who: nobody that a test makes.</summary>
    public static readonly OperatorId Operator = new(7);

    public const DeployTokenScopes Registry = DeployTokenScopes.ReadRegistry | DeployTokenScopes.WriteRegistry;

    private static int s_names;

    /// <summary>A name nobody has: tests that share a grid do not get in each other's way.</summary>
    public static string Fresh(string stem) =>
        string.Create(CultureInfo.InvariantCulture, $"{stem}-{Interlocked.Increment(ref s_names)}");

    public static CreateNamespace Called(
        string slug, GroupId parent = default, Visibility visibility = Visibility.Private, string? name = null, string description = "") =>
        new(parent, Slug.Parse(slug), name ?? slug, description, visibility, Operator);

    public static async Task<GroupId> GroupAsync(
        this Grid grid, GroupId parent = default, string? slug = null, Visibility visibility = Visibility.Private) =>
        (await grid.Administration.CreateGroupAsync(Called(slug ?? Fresh("g"), parent, visibility))).Id.AsGroup;

    public static async Task<ProjectId> ProjectAsync(
        this Grid grid, GroupId parent, string? slug = null, Visibility visibility = Visibility.Private) =>
        (await grid.Administration.CreateProjectAsync(Called(slug ?? Fresh("p"), parent, visibility))).Id.AsProject;

    public static Task<IssuedDeployToken> TokenAsync(
        this Grid grid,
        NamespaceId holder,
        DeployTokenScopes scopes = Registry,
        string? username = null,
        string name = "t",
        DateTimeOffset? expiresAt = null) =>
        grid.Administration.IssueTokenAsync(new IssueDeployToken(holder, name, username, scopes, expiresAt, Operator));

    /// <summary>Whom an operator token stands for, or null.</summary>
    public static async Task<OperatorPrincipal?> AuthenticateAsync(this Grid grid, Secret token) =>
        (await grid.Operators.AuthenticateAsync(token)).Operator;

    /// <summary>Makes an operator; never the one of <see cref="Operator"/>.</summary>
    public static async Task<OperatorView> OperatorAsync(this Grid grid, string? username = null, bool isAdministrator = false)
    {
        var made = await grid.Operators.CreateAsync(
            new CreateOperator(username ?? Fresh("o"), "Somebody", "o@example.org", isAdministrator, Operator));
        if (made.Id != Operator)
        {
            return made;
        }

        await grid.Operators.ChangeAsync(made.Id, new ChangeOperator(Fresh("o"), null, null, null, null, Operator));
        return await grid.OperatorAsync(username, isAdministrator);
    }

    public static Task<IssuedOperatorToken> OperatorTokenAsync(
        this Grid grid, OperatorView of, OperatorTokenScopes scopes = OperatorTokenScopes.Api, DateTimeOffset? expiresAt = null) =>
        grid.Operators.IssueTokenAsync(new IssueOperatorToken(of.Id, "t", "", scopes, expiresAt, Operator));

    public static ChangeNamespace Change(
        string? slug = null, string? name = null, string? description = null, Visibility? visibility = null, bool? archived = null) =>
        new(slug is null ? null : Slug.Parse(slug), name, description, visibility, archived, Operator);

    public static Task<NamespaceView> RenameAsync(this Grid grid, NamespaceId node, string slug) =>
        grid.Administration.ChangeNamespaceAsync(node, Change(slug));

    public static Task<NamespaceView> TransferAsync(this Grid grid, NamespaceId node, GroupId parent) =>
        grid.Administration.TransferNamespaceAsync(node, parent, Operator);

    public static Task<bool> DeleteAsync(this Grid grid, NamespaceId node) => grid.Administration.DeleteNamespaceAsync(node, Operator);

    public static Task<RevocationReceipt?> RevokeAsync(this Grid grid, TokenId token, string reason = "") =>
        grid.Administration.RevokeTokenAsync(token, Operator, reason);

    public static Task<SubtreeRevocationReceipt> RevokeTokensAsync(this Grid grid, NamespaceId holder, string reason = "") =>
        grid.Administration.RevokeTokensAsync(holder, Operator, reason);

    /// <summary>The revocation that administrators are shown of a token; null where it is alive.</summary>
    public static async Task<Revocation?> RevocationAsync(this Grid grid, IssuedDeployToken token) =>
        (await grid.Administration.GetTokenAsync(token.Token.Id))!.Revocation;

    public static Task<bool> DestroyAsync(this Grid grid, TokenId token) => grid.Administration.DestroyTokenAsync(token, Operator);

    /// <summary>Shows a token with its right username.</summary>
    public static Credential Credential(this IssuedDeployToken issued) =>
        OrleansTokens.Validation.Credential.WithUsername(issued.Token.Username, issued.Secret);

    /// <summary>What a token gets that is shown rightly.</summary>
    public static Task<Decision> ValidateAsync(
        this Grid grid, IssuedDeployToken issued, RegistryAction action = RegistryAction.Authenticate, ProjectId project = default) =>
        grid.Validator.ValidateAsync(issued.Credential(), action, project.IsNone ? default : Resource.Of(project)).AsTask();

    public static Task<ResolvedPath> ResolveAsync(this Grid grid, string path) => grid.Administration.ResolveAsync(Path(path));

    public static Task<NamespaceView?> GetAsync(this Grid grid, NamespaceId node) => grid.Administration.GetNamespaceAsync(node);

    public static NamespacePath Path(string text) =>
        NamespacePath.TryParse(text, out var path) ? path : throw new ArgumentException("Not a path.", nameof(text));

    public static Secret Secret(string text) =>
        OrleansTokens.DeployTokens.Secret.TryCreate(text, out var secret) ? secret : throw new ArgumentException("Not a secret.", nameof(text));

    /// <summary>What is wrong, said by the authority.</summary>
    public static async Task<TokenAuthorityException> RefusedAsync(ErrorCode code, Func<Task> call, string? field = null)
    {
        var fault = await Assert.ThrowsAsync<TokenAuthorityException>(call);
        Assert.Equal((code, field), (fault.Code, fault.Field));
        return fault;
    }

    public static GrainId NodeGrain(NamespaceId id) => GrainId.Create(
        GrainType.Create(id.Kind == NamespaceKind.Group ? "group" : "project"), GrainIdKeyExtensions.CreateIntegerKey(id.Value));

    public static GrainId TokenGrain(TokenId id) => GrainId.Create(GrainType.Create("deploy-token"), GrainIdKeyExtensions.CreateIntegerKey(id.Value));

    /// <summary>All that a view says, to be compared with another. Two lineages are never equal by themselves: they are lists.</summary>
    public static string Text(this NamespaceView view) =>
        $"{view}: {string.Join(" < ", view.Lineage.Nodes)}";
}
