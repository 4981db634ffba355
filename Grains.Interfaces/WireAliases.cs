namespace OrleansTokens;

/// <summary>
/// The wire name of every serialized type and grain interface. A name, once released, is never changed or reused:
/// silos of two versions run side by side during an upgrade.
/// </summary>
internal static class WireAliases
{
    /// <summary>Alias of <see cref="DeployTokens.Secret"/>.</summary>
    public const string Secret = "ot.Secret";
}
