namespace OrleansTokens.Grains.Validation;

/// <summary>What an installation may leave out.</summary>
[Flags]
public enum SwitchedOff
{
    /// <summary>Everything is served.</summary>
    Nothing = 0,

    /// <summary>The container registry.</summary>
    ContainerRegistry = 1,

    /// <summary>The dependency proxy.</summary>
    DependencyProxy = 2,
}

/// <summary>What decisions depend on that is the same for the whole installation.</summary>
public sealed class ValidationOptions
{
    /// <summary>
    /// What is not served; default <see cref="SwitchedOff.Nothing"/>. Nobody may do anything there, and tokens that have no scopes but
    /// those for it are wrong credentials at git and at registries (reference §3.2, step 3).
    /// </summary>
    public SwitchedOff SwitchedOff { get; init; }
}
