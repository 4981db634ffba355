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

        Assert.Equal(anonymous, Access.CanRead(null, target));
        Assert.Equal(somebody, Access.CanRead(Somebody, target));
        Assert.True(Access.CanRead(Administrator, target));
    }

    [Fact]
    public void CanAdminister_IsForAdministrators()
    {
        Assert.False(Access.CanAdminister(null));
        Assert.False(Access.CanAdminister(Somebody));
        Assert.True(Access.CanAdminister(Administrator));
    }

    [Fact]
    public void Refuse_TellsTheUnknownFromTheUnentitled()
    {
        Assert.Null(Access.Refuse(null, Caller.Anyone));
        Assert.Same(GitLabErrors.Unauthorized, Access.Refuse(null, Caller.Operator));
        Assert.Same(GitLabErrors.Unauthorized, Access.Refuse(null, Caller.Administrator));
        Assert.Null(Access.Refuse(Somebody, Caller.Operator));
        Assert.Same(GitLabErrors.Forbidden, Access.Refuse(Somebody, Caller.Administrator));
        Assert.Null(Access.Refuse(Administrator, Caller.Administrator));
    }

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
