using Microsoft.AspNetCore.Http;

namespace OrleansTokens.Client.AspNetCore;

/// <summary>What became of a request, for the answer to those who are not let in. Kept with the request.</summary>
internal sealed class DeployTokenOutcome
{
    /// <summary>Whether the authority could not be asked, at least once.</summary>
    public bool IsUnavailable { get; set; }

    /// <summary>Whether the credential is right, and what was asked about it is not allowed.</summary>
    public bool IsRefused { get; set; }

    /// <summary>The one of a request.</summary>
    public static DeployTokenOutcome Of(HttpContext context)
    {
        if (context.Features.Get<DeployTokenOutcome>() is not { } outcome)
        {
            outcome = new DeployTokenOutcome();
            context.Features.Set(outcome);
        }

        return outcome;
    }
}
