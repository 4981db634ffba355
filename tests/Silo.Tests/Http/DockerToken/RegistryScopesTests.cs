using CsCheck;
using Microsoft.Extensions.Primitives;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Silo.Http.DockerToken;

namespace OrleansTokens.Silo.Tests.Http.DockerToken;

public sealed class RegistryScopesTests
{
    [Fact]
    public void Read_WhenThereIsNoScope_IsEmpty()
    {
        Assert.True(RegistryScopes.TryRead(StringValues.Empty, out var scopes, out _));
        Assert.Empty(scopes);
    }

    [Theory]
    [InlineData("repository:acme/api:pull", "acme/api pull")]
    [InlineData("repository:acme/api:push,pull", "acme/api push,pull")]
    [InlineData("repository:acme/api:pull,push,pull", "acme/api pull,push")]
    [InlineData("repository:acme/api:pull,,push,", "acme/api pull,push")]
    [InlineData("repository:acme/api:*", "acme/api *")]
    [InlineData("repository:acme/api:delete", "acme/api delete")]
    [InlineData("repository:acme/api:PULL,pull", "acme/api pull")]
    [InlineData("repository:Acme/API:pull", "acme/api pull")]
    [InlineData("repository:acme/a.b_c__d---e/1:pull", "acme/a.b_c__d---e/1 pull")]
    [InlineData("repository:alpine:pull", "alpine pull")]
    public void Read_WhenScopeCanBeGranted_KeepsIt(string scope, string expected)
    {
        Assert.True(RegistryScopes.TryRead(scope, out var scopes, out _));
        Assert.Equal(expected, Describe(Assert.Single(scopes)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("repository")]
    [InlineData("repository:acme/api")] // fewer than three parts
    [InlineData("repository:acme/api:")]
    [InlineData("repository:acme/api:,")]
    [InlineData("repository::pull")]
    [InlineData(":acme/api:pull")]
    [InlineData("Repository:acme/api:pull")]
    [InlineData("repository(plugin):acme/api:pull")]
    [InlineData("artifact:acme/api:pull")]
    [InlineData("repository:registry.example:5000/acme/api:pull")] // a port ends the name, as in distribution
    [InlineData("repository:acme/api:pull:push")]
    [InlineData("repository:/acme/api:pull")]
    [InlineData("repository:acme/api/:pull")]
    [InlineData("repository:acme//api:pull")]
    [InlineData("repository:acme/../api:pull")]
    [InlineData("repository:acme/.api:pull")]
    [InlineData("repository:acme/api.:pull")]
    [InlineData("repository:acme/a___b:pull")]
    [InlineData("repository:acme/a..b:pull")]
    [InlineData("repository:acme/-api:pull")]
    [InlineData("repository:acme/äpi:pull")]
    [InlineData("repository:acme/\u212Aelvin:pull")] // a Kelvin sign is no k
    [InlineData("repository:acme/api\n:pull")]
    [InlineData("repository:acme/api:pull\n")]
    [InlineData("repository:acme/api:pull\tpush")]
    [InlineData("registry:catalog:*")] // for administrators only
    [InlineData("registry:catalog:pull")]
    [InlineData("registry:other:*")]
    public void Read_WhenNobodyCanBeGrantedTheScope_DropsIt(string scope)
    {
        Assert.True(RegistryScopes.TryRead(scope, out var scopes, out _));
        Assert.Empty(scopes);
    }

    [Fact]
    public void Read_WhenScopesAreRepeatedAndSpaceSeparated_TakesAllInOrder()
    {
        var parameters = new StringValues(["repository:acme/b:pull  repository:acme/a:push", "repository:acme/c:pull", "", null]);

        Assert.True(RegistryScopes.TryRead(parameters, out var scopes, out _));
        Assert.Equal(["acme/b pull", "acme/a push", "acme/c pull"], scopes.Select(Describe));
    }

    [Fact]
    public void Read_WhenTheSameRepositoryIsAskedForTwice_MergesItAtItsFirstPlace()
    {
        var parameters = new StringValues(
            ["repository:acme/a:push repository:acme/b:pull", "repository:Acme/A:pull,push", "repository:acme/a:delete"]);

        Assert.True(RegistryScopes.TryRead(parameters, out var scopes, out _));
        Assert.Equal(["acme/a push,pull,delete", "acme/b pull"], scopes.Select(Describe));
    }

    [Fact]
    public void Read_WhenOneOfSeveralCannotBeGranted_KeepsTheOthers()
    {
        Assert.True(RegistryScopes.TryRead("repository:acme/a:pull broken repository:acme/b:pull", out var scopes, out _));
        Assert.Equal(["acme/a", "acme/b"], scopes.Select(s => s.Name));
    }

    [Fact]
    public void Read_WhenThereAreTooMany_NamesTheParameter()
    {
        var most = Enumerable.Range(0, Limits.MaxRegistryScopes).Select(i => $"repository:acme/r{i}:pull").ToArray();

        Assert.True(RegistryScopes.TryRead(string.Join(' ', most), out var scopes, out _));
        Assert.Equal(Limits.MaxRegistryScopes, scopes.Length);
        Assert.False(RegistryScopes.TryRead(new StringValues([.. most, "broken"]), out scopes, out var error));
        Assert.StartsWith("scope ", error, StringComparison.Ordinal);
        Assert.Empty(scopes);
    }

    [Fact]
    public void Read_WhenOneIsTooLong_NamesTheParameter()
    {
        var scope = "repository:acme/" + new string('a', RegistryScopes.MaxLength) + ":pull";

        Assert.False(RegistryScopes.TryRead(scope, out _, out var error));
        Assert.StartsWith("scope ", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhenNameIsLongerThanARegistryTakes_DropsIt()
    {
        var longest = "acme/" + new string('a', Limits.MaxRepositoryNameLength - "acme/".Length);

        Assert.True(RegistryScopes.TryRead($"repository:{longest}:pull repository:{longest}a:pull", out var scopes, out _));
        Assert.Equal(longest, Assert.Single(scopes).Name);
    }

    [Fact]
    public void Read_OfAnything_NeverThrowsAndNeverInvents() =>
        Gen.OneOf(Gen.String, GenScope).Array[0, 6].Sample(parameters =>
        {
            if (!RegistryScopes.TryRead(parameters, out var scopes, out var error))
            {
                return error.StartsWith("scope ", StringComparison.Ordinal) && scopes.IsEmpty;
            }

            var asked = string.Join(' ', parameters).ToLowerInvariant();
            return scopes.Select(s => s.Name).Distinct().Count() == scopes.Length
                && scopes.All(s =>
                    s.Actions.Distinct().SequenceEqual(s.Actions) && asked.Contains($":{s.Name}:", StringComparison.Ordinal)
                    && s.Actions.All(a => asked.Contains(a, StringComparison.Ordinal)));
        });

    private static readonly Gen<string> GenScope =
        Gen.OneOf("repository", "registry", "acme", "/", "api", ":", ":", ",", "pull", "push", "*", " ", "catalog", "A", ".", "-")
            .Array[0, 14].Select(string.Concat);

    private static string Describe(RepositoryScope scope) => $"{scope.Name} {string.Join(',', scope.Actions)}";
}
