using Microsoft.Extensions.Logging;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Operators;
using OrleansTokens.Settings;

namespace OrleansTokens.Grains.Settings;

/// <inheritdoc cref="IApplicationSettingsGrain"/>
[GrainType("application-settings")]
internal sealed partial class ApplicationSettingsGrain : Grain, IApplicationSettingsGrain
{
    private readonly DurableState<ApplicationSettingsState> _state;
    private readonly TimeProvider _time;
    private readonly ILogger<ApplicationSettingsGrain> _logger;
    private ApplicationSettings _view = ApplicationSettings.Default;
    private ApplicationSettingsState? _viewOf;

    public ApplicationSettingsGrain(
        [PersistentState("settings")] IPersistentState<ApplicationSettingsState> storage,
        TimeProvider time,
        ILogger<ApplicationSettingsGrain> logger)
    {
        _state = new DurableState<ApplicationSettingsState>(storage, this);
        _time = time;
        _logger = logger;
    }

    public ValueTask<ApplicationSettings> GetAsync() => ValueTask.FromResult(View());

    public async Task<ApplicationSettings> ChangeAsync(ChangeApplicationSettings change, OperatorId by)
    {
        ArgumentNullException.ThrowIfNull(change);
        var current = _state.Current;
        var next = current.With(change) with { Epoch = current.Epoch + 1, ChangedBy = by.Value, ChangedAt = _time.GetUtcNow() };
        if (ApplicationSettingsRules.Fault(next.View()) is var (setting, complaint))
        {
            throw TokenAuthorityException.Invalid(setting, complaint);
        }

        await _state.WriteAsync(next);
        LogChanged(next.Epoch, by.Value);
        return View();
    }

    /// <summary>Asked at every validation, so made once for each state.</summary>
    private ApplicationSettings View()
    {
        var state = _state.Current;
        if (!ReferenceEquals(_viewOf, state))
        {
            (_view, _viewOf) = (state.View(), state);
        }

        return _view;
    }
}
