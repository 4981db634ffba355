using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Silo.Http.GitLabApi;

namespace OrleansTokens.Silo.Tests.Http.GitLabApi;

public class AccessTests
{
    private static readonly OperatorPrincipal Administrator = new(new OperatorId(1), "root", "Administrator", true);
    private static readonly OperatorPrincipal Somebody = new(new OperatorId(2), "somebody", "Somebody", false);

    [Theory]
    [InlineData(Visibility.Public, Visibility.Public, true, true)]
    [InlineData(Visibility.Internal, Visibility.Public, false, true)]
    [InlineData(Visibility.Private, Visibility.Public, false, false)]
    [InlineData(Visibility.Public, Visibility.Private, false, false)]
    public void CanRead_ByTheLeastVisibleOfTheLineage(Visibility own, Visibility above, bool anonymous, bool somebody)
    {
        var target = Target(own, above);

        Assert.Equal(anonymous, Access.CanRead(null, AccessLevel.None, target));
        Assert.Equal(somebody, Access.CanRead(Somebody, AccessLevel.None, target));
        Assert.True(Access.CanRead(Somebody, AccessLevel.Guest, target));
    }

    [Theory]
    [InlineData(AccessLevel.None, true, false, false)]
    [InlineData(AccessLevel.Developer, true, false, false)]
    [InlineData(AccessLevel.Maintainer, true, true, false)]
    [InlineData(AccessLevel.Owner, true, true, true)]
    public void Can_AtALevel_IsWhatTheReferenceSays(AccessLevel level, bool read, bool maintain, bool own)
    {
        Assert.Equal(read, Access.Can(level, TargetAccess.Read));
        Assert.Equal(maintain, Access.Can(level, TargetAccess.Maintain));
        Assert.Equal(own, Access.Can(level, TargetAccess.Own));
    }

    [Fact]
    public void Refuse_TellsTheUnknownFromTheUnentitledAndFromThoseWhoMayOnlyRead()
    {
        var anyone = new Operation(HttpMethod.Post, "", "", "") { Noun = "" };
        var operators = anyone with { Caller = Caller.Operator };
        var administrators = anyone with { Caller = Caller.Administrator };
        var reading = administrators with { Method = HttpMethod.Get };

        Assert.Null(Access.Refuse(null, anyone));
        Assert.Same(GitLabErrors.Unauthorized, Access.Refuse(null, operators));
        Assert.Same(GitLabErrors.Unauthorized, Access.Refuse(null, administrators));
        Assert.Null(Access.Refuse(Full(Somebody), operators));
        Assert.Same(GitLabErrors.Forbidden, Access.Refuse(Full(Somebody), administrators));
        Assert.Null(Access.Refuse(Full(Administrator), administrators));
        Assert.Same(GitLabErrors.InsufficientScope, Access.Refuse(Reading(Administrator), administrators));
        Assert.Same(GitLabErrors.InsufficientScope, Access.Refuse(Reading(Somebody), anyone));
        Assert.Null(Access.Refuse(Reading(Administrator), reading));
        Assert.Null(Access.Refuse(Reading(Somebody), operators with { ForEveryToken = true }));
    }

    private static OperatorCaller Full(OperatorPrincipal caller) => new(caller, null, MayChange: true);

    private static OperatorCaller Reading(OperatorPrincipal caller) => new(caller, null, MayChange: false);

    private static NamespaceView Target(Visibility own, Visibility above)
    {
        var (group, project) = (new GroupId(1), new ProjectId(2).AsNamespace);
        var lineage = new Lineage(
        [
            new LineageNode(project, Slug.Parse("p"), "P", own, false, 1),
            new LineageNode(group.AsNamespace, Slug.Parse("g"), "G", above, false, 1),
        ]);
        return new NamespaceView(project, group, Slug.Parse("p"), "P", "", own, false, DateTimeOffset.UnixEpoch, lineage, 1);
    }
}
