using OrleansTokens.DeployTokens;
using OrleansTokens.Installation;

namespace OrleansTokens.Silo.Hosting;

/// <summary>Sees to the master keys and the administrator's operator token. Until it has, the process is not ready.</summary>
internal sealed class FirstStart(IGrainFactory grains, GridSettings settings)
{
    private volatile bool _completed;

    public bool Completed => _completed;

    /// <summary>Runs once the process listens, so that a token is never made by a start that fails. Says the token made now, if any.</summary>
    public async Task<Secret?> RunAsync()
    {
        var installation = grains.GetGrain<IInstallationGrain>(0);
        await installation.ConfirmMasterKeyAsync();
        var made = await installation.EnsureAdministratorAsync(settings.AdminToken);
        _completed = true;
        return made;
    }
}
