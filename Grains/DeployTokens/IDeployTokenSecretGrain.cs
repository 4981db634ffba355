using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Grains.DeployTokens;

/// <summary>A deploy token, as those see it who hand its secret to CI jobs. No client can call it. Keyed by the token id.</summary>
[Alias("ot.IDeployTokenSecretGrain")]
internal interface IDeployTokenSecretGrain : IGrainWithIntegerKey
{
    /// <summary>What a job is given of this token; null where it is not for jobs of that holder, or not active.</summary>
    [Alias("Reveal")]
    ValueTask<DeployTokenVariables?> RevealAsync(NamespaceId holder);
}
