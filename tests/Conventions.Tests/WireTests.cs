using System.Reflection;

namespace OrleansTokens.Conventions.Tests;

public sealed class WireTests
{
    private static readonly Assembly[] Assemblies = [typeof(Limits).Assembly, typeof(Grains.GrainsServiceCollectionExtensions).Assembly];

    private static IEnumerable<Type> Types => Assemblies.SelectMany(static a => a.GetTypes()).Where(static t => !IsGenerated(t));

    [Fact]
    public void Alias_WhenListed_IsUniqueAndPrefixed()
    {
        var aliases = Types.Select(static t => t.GetCustomAttribute<AliasAttribute>()?.Alias).OfType<string>().ToList();
        Assert.NotEmpty(aliases);
        Assert.All(aliases, static alias => Assert.StartsWith("ot.", alias, StringComparison.Ordinal));
        Assert.Equal(aliases.Count, aliases.Distinct().Count());
    }

    [Fact]
    public void WireType_WhenSerialized_HasAnAlias() => Assert.Empty(
        Types.Where(static t => t.GetCustomAttribute<GenerateSerializerAttribute>() is not null && t.GetCustomAttribute<AliasAttribute>() is null));

    [Fact]
    public void GrainInterface_WhenDeclared_HasAnAliasOnItselfAndItsMethods()
    {
        var interfaces = Types.Where(static t => t.IsInterface && typeof(Orleans.Runtime.IAddressable).IsAssignableFrom(t)).ToList();
        Assert.NotEmpty(interfaces);
        Assert.Empty(interfaces.Where(static t => t.GetCustomAttribute<AliasAttribute>() is null));
        Assert.Empty(interfaces.SelectMany(static t => t.GetMethods()).Where(static m => m.GetCustomAttribute<AliasAttribute>() is null));
    }

    [Fact]
    public void GrainClass_WhenDeclared_HasAStableType() => Assert.Empty(
        Types.Where(static t => typeof(Grain).IsAssignableFrom(t) && !t.IsAbstract && t.GetCustomAttribute<GrainTypeAttribute>() is null));

    [Fact]
    public void State_WhenDeclared_IsSealedAndInternal()
    {
        var states = Types.Where(static t => t.Name.EndsWith("State", StringComparison.Ordinal) && t.IsClass).ToList();
        Assert.NotEmpty(states);
        Assert.All(states, static t => Assert.True(t.IsSealed && !t.IsVisible, $"{t} must be sealed and internal."));
    }

    private static bool IsGenerated(Type type) => type.FullName?.StartsWith("OrleansCodeGen", StringComparison.Ordinal) != false
        || type.Name.StartsWith('<') || type.Name.StartsWith("Invokable_", StringComparison.Ordinal);
}
