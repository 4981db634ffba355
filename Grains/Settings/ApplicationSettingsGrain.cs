using Microsoft.Extensions.Logging;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Leases;
using OrleansTokens.Operators;
using OrleansTokens.Settings;

namespace OrleansTokens.Grains.Settings;

/// <inheritdoc cref="IApplicationSettingsGrain"/>
[GrainType("application-settings")]
internal sealed partial class ApplicationSettingsGrain : Grain, IApplicationSettingsGrain
{
    private const string StateName = "settings";

    private readonly DurableFact<ApplicationSettingsState> _state;
    private readonly FactContext _facts;
    private readonly TimeProvider _time;
    private readonly ILogger<ApplicationSettingsGrain> _logger;
    private ApplicationSettings _view = ApplicationSettings.Default;
    private ApplicationSettingsState? _viewOf;

    public ApplicationSettingsGrain(
        [PersistentState(StateName)] IPersistentState<ApplicationSettingsState> storage,
        FactContext facts,
        TimeProvider time,
        ILogger<ApplicationSettingsGrain> logger)
    {
        _state = new DurableFact<ApplicationSettingsState>(storage, this, facts, StateName, isReadAgain: true);
        _facts = facts;
        _time = time;
        _logger = logger;
    }

    public ValueTask<ApplicationSettings> GetAsync() => ValueTask.FromResult(View());

    public async ValueTask<Confirmed<ApplicationSettings>> ConfirmAsync(TimeSpan maxAge)
    {
        await _state.ConfirmAsync(_facts.Within(maxAge));
        return new Confirmed<ApplicationSettings>(View(), _facts.AgeOf(_state.ConfirmedAt));
    }

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
        return View() with { Settling = ApplicationSettingsRules.IsOfDecisions(change) ? _state.Settling : TimeSpan.Zero };
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
