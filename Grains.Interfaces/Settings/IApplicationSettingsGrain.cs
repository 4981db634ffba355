using Orleans.Concurrency;
using OrleansTokens.Leases;
using OrleansTokens.Operators;

namespace OrleansTokens.Settings;

/// <summary>What administrators set for the whole installation. Key 0.</summary>
[Alias(WireAliases.IApplicationSettingsGrain)]
public interface IApplicationSettingsGrain : IGrainWithIntegerKey
{
    /// <summary>The settings, as they are stored.</summary>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.Unavailable"/>: nothing may be concluded.</exception>
    [AlwaysInterleave, Alias("Get")]
    ValueTask<ApplicationSettings> GetAsync();

    /// <summary>The same with their age, for decisions.</summary>
    /// <param name="maxAge">What is older is confirmed first. Zero: they are, after the call began.</param>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.Unavailable"/>: they cannot be confirmed.</exception>
    [AlwaysInterleave, Alias("Confirm")]
    ValueTask<Confirmed<ApplicationSettings>> ConfirmAsync(TimeSpan maxAge);

    /// <summary>Changes settings. When it has returned the change is durable, and every validation that begins
    /// <see cref="ApplicationSettings.Settling"/> after it, or later, goes by it. May be repeated.</summary>
    /// <returns>The settings from now on.</returns>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.InvalidArgument"/>: a setting is out of its range, which
    /// the exception names; nothing was changed. <see cref="Errors.ErrorCode.Unavailable"/>.</exception>
    [Alias("Change")]
    Task<ApplicationSettings> ChangeAsync(ChangeApplicationSettings change, OperatorId by);
}
