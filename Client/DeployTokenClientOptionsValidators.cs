using System.Net;
using Microsoft.Extensions.Options;

namespace OrleansTokens.Client;

/// <summary>Checks what every use of the client needs.</summary>
internal sealed class UseValidator : IValidateOptions<DeployTokenClientOptions>
{
    public ValidateOptionsResult Validate(string? name, DeployTokenClientOptions options)
    {
        var faults = new List<string>();
        if (options.Deadline < DeployTokenClientOptions.MinDeadline || options.Deadline > DeployTokenClientOptions.MaxDeadline)
        {
            faults.Add(
                $"{nameof(options.Deadline)} must be from {DeployTokenClientOptions.MinDeadline:c} to {DeployTokenClientOptions.MaxDeadline:c}.");
        }

        if (options.MaxCachedDecisions is < 0 or > Limits.MaxCachedDecisions)
        {
            faults.Add($"{nameof(options.MaxCachedDecisions)} must be from 0 to {Limits.MaxCachedDecisions}.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}

/// <summary>Checks what a client with a connection of its own needs.</summary>
internal sealed class ConnectionValidator : IValidateOptions<DeployTokenClientOptions>
{
    private const int MaxGateways = 100;
    private const int MaxIdLength = 100;

    public ValidateOptionsResult Validate(string? name, DeployTokenClientOptions options)
    {
        var faults = new List<string>();
        if (options.GatewaySources.Count == 0)
        {
            if (options.Gateways.Count is 0 or > MaxGateways)
            {
                faults.Add($"{nameof(options.Gateways)} must name 1 to {MaxGateways} gateways.");
            }
        }
        else if (options.GatewaySources.Count > 1 || options.Gateways.Count > 0)
        {
            faults.Add($"{nameof(options.Gateways)} must be named or looked up, in one place and not both ways.");
        }

        faults.AddRange(options.GatewaySources.Select(static source => source.Fault).OfType<string>());
        faults.AddRange(options.Gateways.Where(static gateway => ParseGateway(gateway) is null).Select(static gateway =>
            $"{nameof(options.Gateways)}: '{gateway}' must be an IP address with a port, such as 127.0.0.1:30000 or [::1]:30000."));
        CheckId(nameof(options.ClusterId), options.ClusterId, faults);
        CheckId(nameof(options.ServiceId), options.ServiceId, faults);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    /// <summary>The address and port of a gateway; null where a text is none, or leaves either to be guessed.</summary>
    public static IPEndPoint? ParseGateway(string? text) =>
        IPEndPoint.TryParse(text ?? "", out var gateway) && gateway.Port != 0
        && !gateway.Address.Equals(IPAddress.Any) && !gateway.Address.Equals(IPAddress.IPv6Any)
            ? gateway
            : null;

    private static void CheckId(string name, string? id, List<string> faults)
    {
        if (string.IsNullOrWhiteSpace(id) || id.Length > MaxIdLength)
        {
            faults.Add($"{name} must have 1 to {MaxIdLength} characters.");
        }
    }
}
