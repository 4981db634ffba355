using System.Collections.Immutable;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Validation;

/// <summary>Collects what a decision looked at.</summary>
internal sealed class FactList
{
    private readonly List<DecisionFact> _facts = [];

    public ImmutableArray<DecisionFact> Facts => [.. _facts];

    public void Passed(string check, string detail) => Add(true, check, detail);

    public void Add(bool passed, string check, string detail) => _facts.Add(new DecisionFact(check, passed, detail));
}
