using System.Reflection;

namespace OrleansTokens.Silo.Tests.Http;

/// <summary>Grains that answer as a test says, for what a real grid does not do on demand: fail, or sign something known.</summary>
public class StubGrains : DispatchProxy
{
    private readonly Dictionary<Type, object> _grains = [];

    /// <summary>A factory that hands out these grains, whatever their key. Grains that are not here fail as a cluster does.</summary>
    public static IGrainFactory Of(params (Type Contract, object Grain)[] grains)
    {
        var factory = Create<IGrainFactory, StubGrains>();
        foreach (var (contract, grain) in grains)
        {
            ((StubGrains)(object)factory)._grains[contract] = grain;
        }

        return factory;
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod switch
    {
        { Name: nameof(IGrainFactory.GetGrain), IsGenericMethod: true } get
            when _grains.TryGetValue(get.GetGenericArguments()[0], out var grain) => grain,
        { Name: nameof(IGrainFactory.CreateObjectReference) } => args![0],
        _ => throw new OrleansException("There is no silo."),
    };
}
