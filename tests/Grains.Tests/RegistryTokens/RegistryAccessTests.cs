using CsCheck;
using OrleansTokens.Errors;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

public sealed class RegistryAccessTests
{
    private static readonly LocatedProject Project = new(new ProjectId(12), new GroupId(3), "acme/api");
    private static readonly Decision Allowed = new(true, DenyReason.None, null, Project);

    private static readonly string[] SomeActions = ["pull", "push", "delete", "*", "PULL"];

    /// <summary>What a decision can be, with whether it grants. One that allows without naming the project grants nothing.</summary>
    private static readonly (Decision Decision, bool Grants)[] Outcomes =
    [
        (Allowed, true),
        (new Decision(false, DenyReason.ScopeMissing, null, Project), false),
        (Decision.Deny(DenyReason.ResourceNotFound), false),
        (Allowed with { Resource = null }, false),
    ];

    [Fact]
    public void Grant_ForEveryListOfActionsAndEveryDecision_GrantsWhatIsAllowedInTheOrderRequested()
    {
        foreach (var requested in ListsOf(SomeActions, upTo: 4))
        {
            var wanted = RegistryAccess.Want([new RepositoryScope("acme/api", [.. requested])]);
            foreach (var pull in Outcomes)
            {
                foreach (var push in Outcomes)
                {
                    var decisions = RegistryAccess.Questions(wanted)
                        .Select(q => q.Action == RegistryAction.PullImage ? pull.Decision : push.Decision).ToArray();

                    var granted = RegistryAccess.Grant(wanted, decisions);

                    var expected = requested.Distinct()
                        .Where(a => (a == "pull" && pull.Grants) || (a == "push" && push.Grants)).ToArray();
                    Assert.Equal(expected, granted.SelectMany(static g => g.Actions).Select(RegistryAccess.NameOf));
                    Assert.Equal(expected.Length > 0 ? 1 : 0, granted.Length);
                }
            }
        }
    }

    [Fact]
    public void Grant_ForSeveralScopes_GivesEachItsOwnDecisions() =>
        Gen.Select(Gen.Int[0, 3], Gen.Bool, Gen.Bool).Array[0, 8].Sample(scopes =>
        {
            string[][] lists = [["pull"], ["push", "pull"], ["delete"], ["pull", "push"]];
            var wanted = RegistryAccess.Want(
                [.. scopes.Select((s, i) => new RepositoryScope($"acme/p{i}", [.. lists[s.Item1]]))]);
            var questions = RegistryAccess.Questions(wanted).ToArray();
            var decisions = questions.Select(q => Decide(q, scopes)).ToArray();

            var granted = RegistryAccess.Grant(wanted, decisions);

            var expected = scopes.SelectMany((s, i) => lists[s.Item1]
                .Where(a => (a == "pull" && s.Item2) || (a == "push" && s.Item3)).Select(a => $"acme/p{i}:{a}:{i}"));
            Assert.Equal(expected, granted.SelectMany(static g => g.Actions.Select(a => $"{g.Name}:{RegistryAccess.NameOf(a)}:{g.Project.Id}")));
        });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Grant_WhenDecisionsAndQuestionsDiffer_IsUnavailable(int count)
    {
        var wanted = RegistryAccess.Want([new RepositoryScope("acme/api", ["pull", "push"])]);

        var fault = Assert.Throws<TokenAuthorityException>(() => RegistryAccess.Grant(wanted, [.. Enumerable.Repeat(Allowed, count)]));

        Assert.Equal(ErrorCode.Unavailable, fault.Code);
    }

    [Theory]
    [InlineData("acme/api", "acme/api")]
    [InlineData("acme/api/worker", "acme/api/worker")]
    [InlineData("acme/api/__x", "acme/api/__x")]
    [InlineData("acme/api/-x/y", "acme/api")]
    [InlineData("acme/api/mirror.git/y", "acme/api")]
    [InlineData("acme/api/x.atom", "acme/api")]
    [InlineData("a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u/v/w", "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t/u")]
    public void Want_WhateverFollowsTheProject_AsksForTheLongestPathThatAProjectCanHave(string name, string path)
    {
        var wanted = Assert.Single(RegistryAccess.Want([new RepositoryScope(name, ["pull"])]));

        Assert.Equal(name, wanted.Name);
        Assert.Equal(path, wanted.Path.ToString());
        Assert.All(RegistryAccess.Questions([wanted]), q => Assert.Equal(Resource.Within(wanted.Path), q.Resource));
    }

    [Theory]
    [InlineData("")]
    [InlineData("acme")]
    [InlineData("acme/-api")]
    [InlineData("acme/api.git")]
    [InlineData("-acme/api")]
    [InlineData("acme.git/api/worker")]
    [InlineData("/acme/api")]
    [InlineData("acme/api/")]
    [InlineData("acme//api")]
    [InlineData("acme/api//worker")]
    [InlineData("acme/api/../secret")]
    [InlineData("acme/api/./worker")]
    [InlineData("acme/api/.../worker")]
    [InlineData("acme/api/%2e%2e/secret")]
    [InlineData("acme/api/a\\b")]
    [InlineData("acme/api worker")]
    [InlineData("acme/api\0")]
    [InlineData("acme/API")]
    [InlineData("acme/äpi")]
    [InlineData("acme/api:latest")]
    [InlineData("acme/api@sha256")]
    public void Want_OfWhatIsNoNameOfARepository_AsksForNothing(string name) =>
        Assert.Empty(RegistryAccess.Want([new RepositoryScope(name, ["pull"])]));

    [Fact]
    public void Want_OfAScopeWithoutNameOrActions_AsksForNothing() =>
        Assert.Empty(RegistryAccess.Want(
            [new RepositoryScope(null!, ["pull"]), new RepositoryScope("acme/api", default), new RepositoryScope("acme/api", [null!])]));

    [Theory]
    [InlineData(255, 1)]
    [InlineData(256, 0)]
    public void Want_OfALongName_AsksUpToTheLimit(int length, int expected) =>
        Assert.Equal(expected, RegistryAccess.Want([new RepositoryScope("acme/api/" + new string('x', length - 9), ["pull"])]).Length);

    private static Decision Decide(Question question, (int, bool Pull, bool Push)[] scopes)
    {
        var index = int.Parse(question.Resource.Path.Segments[1].ToString()[1..], System.Globalization.CultureInfo.InvariantCulture);
        var allowed = question.Action == RegistryAction.PullImage ? scopes[index].Pull : scopes[index].Push;
        return allowed ? Allowed with { Resource = Project with { Id = new ProjectId(index) } } : Decision.Deny(DenyReason.ScopeMissing);
    }

    private static IEnumerable<string[]> ListsOf(string[] items, int upTo) => upTo == 0
        ? [[]]
        : ListsOf(items, upTo - 1).SelectMany(shorter =>
            shorter.Length == upTo - 1 ? items.Select(i => shorter.Append(i).ToArray()).Prepend(shorter) : [shorter]);
}
