using System.Reflection;

namespace OrleansTokens.EndToEnd.Tests.Conformance;

public sealed class CoverageTests
{
    /// <summary>The sections of the reference that say how something behaves.</summary>
    private static readonly string[] Sections =
    [
        "1.1", "1.2", "1.3", "1.4", "1.5", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "4", "5",
    ];

    [Fact]
    public void Sections_OfTheReference_EachHaveATest()
    {
        var proven = typeof(CoverageTests).Assembly.GetTypes()
            .SelectMany(static type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
            .Select(static method => method.GetCustomAttribute<ReferenceAttribute>())
            .OfType<ReferenceAttribute>()
            .ToList();
        Assert.Equal(Sections, proven.Select(static statement => statement.Section).Distinct().Order(StringComparer.Ordinal));
        Assert.Distinct(proven.Select(static statement => statement.Statement));
    }
}
