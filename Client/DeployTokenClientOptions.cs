using OrleansTokens.Leases;

namespace OrleansTokens.Client;

/// <summary>How the authority is reached, for how long an answer is waited for, and how many are kept. Read once, when the host starts.</summary>
public sealed class DeployTokenClientOptions
{
    /// <summary>The cluster id and service id of an authority that was not told another.</summary>
    public const string DefaultClusterId = "orleans-tokens";

    /// <summary>The shortest <see cref="Deadline"/>: 100 ms. A decision that nobody has asked for lately reads storage first.</summary>
    public static readonly TimeSpan MinDeadline = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest <see cref="Deadline"/>: one minute. Clients of registries give up before.</summary>
    public static readonly TimeSpan MaxDeadline = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Where the authority listens for .NET clients (<c>Grid:GatewayPort</c>): IP addresses with ports, such as <c>127.0.0.1:30000</c> or
    /// <c>[::1]:30000</c>. 1 to 100 different ones; one that answers is enough, and the others are tried when it stops to. A connection of
    /// the client's own needs either these or <see cref="UseGateways"/>; neither is of use without it.
    /// </summary>
    public IList<string> Gateways { get; } = [];

    /// <summary>The cluster id of the authority; default <see cref="DefaultClusterId"/>. With another one, no gateway lets this client in.</summary>
    public string ClusterId { get; set; } = DefaultClusterId;

    /// <summary>The service id of the authority; default <see cref="DefaultClusterId"/>.</summary>
    public string ServiceId { get; set; } = DefaultClusterId;

    /// <summary>
    /// How long any call may take before it ends as <see cref="Errors.ErrorCode.Unavailable"/>; default 5 seconds,
    /// <see cref="MinDeadline"/> to <see cref="MaxDeadline"/>. Shorter, and a busy authority counts as one that is away; longer, and
    /// requests pile up while it is away. The host waits this long for the first connection, and then starts without it.
    /// </summary>
    public TimeSpan Deadline { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many decisions are kept, to answer the same question again at once; default 100,000, 0 to
    /// <see cref="Limits.MaxCachedDecisions"/>. Each takes up to 250 bytes; those of one token share some of them. Fewer, and what is
    /// asked for often has to be asked of the authority again; 0: nothing is kept, and every decision is asked for.
    /// </summary>
    public int MaxCachedDecisions { get; set; } = 100_000;

    /// <summary>
    /// Whether decisions that are kept are used until they end, a few seconds, although the last connection to the authority was lost;
    /// default false: they are dropped then. True, and a restart of all gateways at once need not be noticed; a token that is revoked
    /// meanwhile is dead when the call that revokes it returns all the same, because that waits until they have ended.
    /// </summary>
    public bool KeepLeasesWhileDisconnected { get; set; }

    /// <summary>What was said with <see cref="UseGateways"/>.</summary>
    internal List<(Action<IClientBuilder> Configure, string? Fault)> GatewaySources { get; } = [];

    /// <summary>All hold; see <see cref="LeaseProtections"/>.</summary>
    internal LeaseProtections Protections { get; set; } = LeaseProtections.All;

    /// <summary>
    /// Says where gateways are looked up, in place of <see cref="Gateways"/>: where the silos of a cluster note themselves. They are
    /// looked up when the client connects and every 5 seconds from then on. The packages <c>OrleansTokens.Client.PostgreSql</c> and
    /// <c>OrleansTokens.Client.AzureTables</c> do this; call it to look somewhere else. Not to be called twice.
    /// </summary>
    /// <param name="configure">Registers an <c>IGatewayListProvider</c> with the Orleans client of the connection. Runs once, when the
    /// host starts; what it throws, the start throws.</param>
    /// <param name="fault">What is wrong with the settings of the place, without secrets; reported with all other faults when the host starts,
    /// and <paramref name="configure"/> does not run. Null: nothing.</param>
    public void UseGateways(Action<IClientBuilder> configure, string? fault = null)
    {
        ArgumentNullException.ThrowIfNull(configure);
        GatewaySources.Add((configure, fault));
    }
}
