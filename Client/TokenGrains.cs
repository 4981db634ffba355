using OrleansTokens.DeployTokens;

namespace OrleansTokens.Client;

/// <summary>
/// Finds the grains of tokens. Orleans looks up what the grains of an interface are called, by reflection, each time that it is asked for one,
/// which takes longer than a call to one; so that is kept here.
/// </summary>
internal sealed class TokenGrains(GridCalls calls)
{
    private Names? _names;

    /// <summary>The grain of a token.</summary>
    /// <exception cref="Errors.TokenAuthorityException">There has been no connection yet.</exception>
    public IDeployTokenGrain Of(TokenId token)
    {
        var grains = calls.Grains;
        if (Volatile.Read(ref _names) is { } names)
        {
            var id = GrainId.Create(names.Grain, GrainIdKeyExtensions.CreateIntegerKey(token.Value));
            return (IDeployTokenGrain)grains.GetGrain(id, names.Interface);
        }

        var found = grains.GetGrain<IDeployTokenGrain>(token.Value);
        if (found is GrainReference reference)
        {
            Volatile.Write(ref _names, new Names(reference.GrainId.Type, reference.InterfaceType));
        }

        return found;
    }

    private sealed record Names(GrainType Grain, GrainInterfaceType Interface);
}
