using Xunit.v3;

namespace OrleansTokens.EndToEnd.Tests.Conformance;

/// <summary>Names the statement of the reference that a test proves: its section, and what it says in a few words.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReferenceAttribute(string section, string statement) : Attribute, ITraitAttribute
{
    public string Section => section;

    public string Statement => statement;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() => [new("Reference", section)];
}
