using OrleansTokens.Settings;

namespace OrleansTokens.Grains.Validation;

/// <summary>What of the installation's settings a decision rests on. Default is what an installation has that was never changed.</summary>
/// <param name="RefusesDeployTokens">Whether an external service decides, and deploy tokens are not accepted beside it.</param>
/// <param name="GroupPackagesOfParents">Whether tokens of the groups above a group read its packages as a whole too.</param>
internal readonly record struct DecisionSettings(bool RefusesDeployTokens, bool GroupPackagesOfParents)
{
    public static DecisionSettings Of(ApplicationSettings settings) => new(settings.RefusesDeployTokens, settings.GroupPackagesOfParents);
}
