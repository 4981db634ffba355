using CsCheck;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.Validation;

public sealed class TokenPolicyTests
{
    private const int Samples = 20_000;
    private const string Seed = "0000KMGyN0e4";

    /// <summary>A tree in which everything can be asked: a public and a private group, a project in each, a sub-group with a project.</summary>
    private static readonly Node[] Tree =
    [
        new(-1, IsProject: false, Visibility.Private, Archived: false, Deleted: false),
        new(0, IsProject: false, Visibility.Private, Archived: false, Deleted: false),
        new(1, IsProject: true, Visibility.Private, Archived: false, Deleted: false),
        new(0, IsProject: true, Visibility.Private, Archived: false, Deleted: false),
        new(-1, IsProject: false, Visibility.Public, Archived: false, Deleted: false),
        new(4, IsProject: true, Visibility.Public, Archived: false, Deleted: false),
    ];

    private static readonly World Plain = new(
        Tree, Holder: 1, ScopeNames.All, TicksToLive: null, Revoked: false, Issued: true, CredentialMatch.Right, RegistryAction.PullImage, Target: 2,
        ViaRedirect: false);

    [Fact]
    public void Decide_ForGeneratedWorlds_AgreesWithTheOracle() => World.Any.Sample(
        static world => Oracle.Judge(world) == TokenPolicy.Decide(world.ToInput()).Reason, iter: Samples, seed: Seed, print: Print);

    [Fact]
    public void Decide_ForGeneratedWorlds_ReachesEveryReasonAndAllows()
    {
        var seen = new HashSet<DenyReason>();
        World.Any.Sample(
            world =>
            {
                lock (seen)
                {
                    seen.Add(TokenPolicy.Decide(world.ToInput()).Reason);
                }
            },
            iter: Samples,
            seed: Seed);
        DenyReason[] ofTheGate = [DenyReason.CredentialMalformed, DenyReason.CredentialForged];
        Assert.Equal(Enum.GetValues<DenyReason>().Except(ofTheGate).Order(), seen.Order());
    }

    [Fact]
    public void Decide_WithFacts_DecidesTheSameAndTheLastFactSettlesIt() => World.Any.Sample(
        static world =>
        {
            var facts = new FactList();
            var explained = TokenPolicy.Decide(world.ToInput(), facts);
            Assert.Equal(TokenPolicy.Decide(world.ToInput()), explained);
            Assert.NotEmpty(facts.Facts);
            var anonymousOrSettled = facts.Facts[^1].Passed == explained.Allowed;
            Assert.True(anonymousOrSettled || explained.Reason == DenyReason.None, string.Join('\n', facts.Facts));
        },
        iter: Samples,
        seed: Seed);

    [Fact]
    public void Decide_WhenAllowed_NamesPrincipalAndResource()
    {
        var decision = TokenPolicy.Decide(Plain.ToInput());
        Assert.True(decision.Allowed);
        Assert.Equal((new TokenId(1), "u"), (decision.Principal!.Token, decision.Principal.Username));
        Assert.Equal("n0/n1/n2", decision.Resource!.FullPath);
    }

    [Theory]
    [InlineData(1, DenyReason.None)]
    [InlineData(0, DenyReason.TokenExpired)]
    [InlineData(-1, DenyReason.TokenExpired)]
    public void Decide_AroundTheInstantOfExpiry_IsDeadFromItOn(long ticksToLive, DenyReason expected) =>
        Assert.Equal(expected, Decide(Plain with { TicksToLive = ticksToLive }));

    [Theory]
    [InlineData(0, 2, DenyReason.None)]
    [InlineData(1, 2, DenyReason.None)]
    [InlineData(2, 2, DenyReason.None)]
    [InlineData(1, 3, DenyReason.ResourceOutsideHolder)]
    [InlineData(2, 3, DenyReason.ResourceOutsideHolder)]
    [InlineData(3, 2, DenyReason.ResourceOutsideHolder)]
    [InlineData(1, 5, DenyReason.None)]
    public void Decide_ByHolderAndProject_ReachesDownButNeverUpOrAcrossUnlessPublic(int holder, int project, DenyReason expected) =>
        Assert.Equal(expected, Decide(Plain with { Holder = holder, Target = project }));

    [Theory]
    [InlineData(DeployTokenScopes.WriteRegistry, RegistryAction.PullImage, DenyReason.ScopeMissing)]
    [InlineData(DeployTokenScopes.WriteRegistry, RegistryAction.PushImage, DenyReason.None)]
    [InlineData(DeployTokenScopes.ReadRegistry, RegistryAction.PushImage, DenyReason.ScopeMissing)]
    [InlineData(DeployTokenScopes.ReadRepository, RegistryAction.UploadCode, DenyReason.ActionNeverGranted)]
    [InlineData(DeployTokenScopes.ReadRepository, RegistryAction.SignInToRegistry, DenyReason.ScopeMissing)]
    [InlineData(DeployTokenScopes.WritePackageRegistry, RegistryAction.ReadPackage, DenyReason.None)]
    [InlineData(DeployTokenScopes.ReadPackageRegistry, RegistryAction.WritePackage, DenyReason.ScopeMissing)]
    [InlineData(DeployTokenScopes.ReadPackageRegistry, RegistryAction.Authenticate, DenyReason.ScopesOfNoUseHere)]
    [InlineData(DeployTokenScopes.ReadVirtualRegistry, RegistryAction.Authenticate, DenyReason.None)]
    [InlineData(DeployTokenScopes.WriteRegistry | DeployTokenScopes.ReadRegistry, RegistryAction.DeleteImage, DenyReason.ActionNeverGranted)]
    public void Decide_ByScopeAndAction_FollowsTheTable(DeployTokenScopes scopes, RegistryAction action, DenyReason expected) =>
        Assert.Equal(expected, Decide(Plain with { Scopes = scopes, Action = action }));

    [Theory]
    [InlineData(RegistryAction.PullImage, DenyReason.None)]
    [InlineData(RegistryAction.DownloadCode, DenyReason.None)]
    [InlineData(RegistryAction.PushImage, DenyReason.ResourceArchived)]
    [InlineData(RegistryAction.WritePackage, DenyReason.ResourceArchived)]
    public void Decide_WhenAGroupAboveIsArchived_OnlyReads(RegistryAction action, DenyReason expected)
    {
        var archived = Tree.Select(static (node, i) => i == 0 ? node with { Archived = true } : node).ToArray();
        Assert.Equal(expected, Decide(Plain with { Nodes = archived, Action = action }));
    }

    [Theory]
    [InlineData(5, RegistryAction.PullImage, DenyReason.None)]
    [InlineData(5, RegistryAction.DownloadCode, DenyReason.None)]
    [InlineData(5, RegistryAction.PushImage, DenyReason.CredentialRequired)]
    [InlineData(2, RegistryAction.PullImage, DenyReason.CredentialRequired)]
    [InlineData(-1, RegistryAction.PullImage, DenyReason.CredentialRequired)]
    public void Decide_WithoutCredential_ReadsWhatIsPublic(int target, RegistryAction action, DenyReason expected) =>
        Assert.Equal(expected, Decide(Plain with { Match = CredentialMatch.None, Target = target, Action = action }));

    private static DenyReason Decide(World world)
    {
        Assert.Equal(Oracle.Judge(world), TokenPolicy.Decide(world.ToInput()).Reason);
        return TokenPolicy.Decide(world.ToInput()).Reason;
    }

    private static string Print(World world) =>
        $"{world with { Nodes = [] }}\n{string.Join('\n', world.Nodes.AsEnumerable())}\noracle {Oracle.Judge(world)}, product {TokenPolicy.Decide(world.ToInput())}";
}
