using System.Collections.Immutable;
using OrleansTokens.DeployTokens;

namespace OrleansTokens.Installation;

/// <summary>What a gateway needs to refuse forged tokens by itself. With it one can make tokens that pass a gateway, not tokens that
/// any grain accepts.</summary>
/// <param name="TagKeys">The keys of tags, newest first, 32 bytes each.</param>
/// <param name="Prefixes">The prefixes of tokens, the one in use first.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.GatewayKeys)]
public sealed record GatewayKeys(
    [property: Id(0)] ImmutableArray<ImmutableArray<byte>> TagKeys,
    [property: Id(1)] ImmutableArray<string> Prefixes);

/// <summary>What there is once in an installation. Key 0.</summary>
[Alias(WireAliases.IInstallationGrain)]
public interface IInstallationGrain : IGrainWithIntegerKey
{
    /// <summary>Sees to it that the master keys are those that the data was made with, or come after them. To be called at every start,
    /// first.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.Conflict"/>: the newest key of the last start is
    /// missing. Nothing was changed.</exception>
    [Alias("ConfirmMasterKey"), ResponseTimeout("00:01:00")]
    Task ConfirmMasterKeyAsync();

    /// <summary>Sees to it that there is an administrator's operator token. May be repeated. With <paramref name="given"/>: that one, and the one before
    /// is dead. Without: the one there is, or a new one, which is returned this once: its answer is waited for, for up to a minute.</summary>
    [Alias("EnsureAdministrator"), ResponseTimeout("00:01:00")]
    Task<Secret?> EnsureAdministratorAsync(Secret? given);

    /// <summary>What a gateway needs to refuse forged tokens by itself.</summary>
    [Alias("GetGatewayKeys")]
    Task<GatewayKeys> GetGatewayKeysAsync();
}
