namespace OrleansTokens.Histories.Wire;

/// <summary>The operations that processes ask of each other.</summary>
internal static class Operations
{
    // Of the coordinator.
    public const string Hello = "hello";
    public const string Ready = "ready";
    public const string Who = "who";

    // Of the coordinator, as the storage of silos.
    public const string ReadRecord = "read";
    public const string WriteRecord = "write";
    public const string ReadVersions = "versions";
    public const string ReadMembers = "members";
    public const string WriteMember = "write-member";
    public const string IAmAlive = "i-am-alive";
    public const string Index = "index";

    // Of silos.
    public const string Links = "links";

    // Of clients.
    public const string Watch = "watch";
    public const string Collect = "collect";
    public const string Ask = "ask";
}

/// <summary>Nothing to say.</summary>
internal sealed record Nothing
{
    public static Nothing Instance { get; } = new();
}

/// <summary>Who a process is.</summary>
/// <param name="Name">As its command line says.</param>
internal sealed record HelloMessage(string Name);

/// <summary>A record of a grain.</summary>
internal sealed record RecordName(string Grain, string State);

/// <summary>A record as it is stored; no version where there was never one, no data where there is none now.</summary>
internal sealed record RecordValue(byte[]? Data, string? ETag);

/// <summary>Writes a record if its version is that one; without data, clears it.</summary>
internal sealed record RecordWrite(string Grain, string State, string? ETag, byte[]? Data);

/// <summary>Whether something was written, and the version there is now.</summary>
internal sealed record WriteAnswer(bool Written, string? ETag);

/// <summary>A silo in the membership table.</summary>
internal sealed record SiloRow(
    string Silo,
    int Status,
    string Name,
    string Host,
    int ProxyPort,
    DateTime StartTime,
    DateTime IAmAliveTime,
    IReadOnlyList<Suspicion> Suspicions,
    string ETag);

/// <summary>That a silo suspects another.</summary>
internal sealed record Suspicion(string By, DateTime At);

/// <summary>The membership table, all of it.</summary>
internal sealed record MemberTable(IReadOnlyList<SiloRow> Rows, int Version, string ETag);

/// <summary>Writes a row of the membership table, a new one where the row has no version, if table and row have these versions.</summary>
internal sealed record MemberWrite(SiloRow Row, int Version, string TableETag);

/// <summary>A call of the index: its name, and its argument in JSON.</summary>
internal sealed record IndexCall(string Method, string Argument);

/// <summary>The links of a silo that do not work.</summary>
/// <param name="CutSilos">Links to silos, by their ports, that are broken, and refused.</param>
/// <param name="UnheardSilos">Links to silos where what they send stays on its way.</param>
/// <param name="UnansweredSilos">Links to silos where what is sent to them stays on its way.</param>
/// <param name="CutClients">Links to clients, by their numbers, that are broken, and refused.</param>
/// <param name="UnheardClients">Links to clients where what they send stays on its way.</param>
/// <param name="UnansweredClients">Links to clients where what is sent to them stays on its way.</param>
internal sealed record LinksMessage(
    IReadOnlyList<int> CutSilos,
    IReadOnlyList<int> UnheardSilos,
    IReadOnlyList<int> UnansweredSilos,
    IReadOnlyList<int> CutClients,
    IReadOnlyList<int> UnheardClients,
    IReadOnlyList<int> UnansweredClients);

/// <summary>Asks which client has a connection from this port.</summary>
internal sealed record WhoMessage(int Port);

/// <summary>Something that a client is to go on asking.</summary>
/// <param name="History">Of which history it is.</param>
/// <param name="Subject">Its number there.</param>
/// <param name="Username">The username shown.</param>
/// <param name="Secret">The secret shown.</param>
/// <param name="Action">What is wanted.</param>
/// <param name="Id">The project or group, where it is named by id; otherwise 0.</param>
/// <param name="Path">The path, where it is named by path.</param>
/// <param name="IsGroup">Whether it is a group.</param>
/// <param name="OnDemand">Whether it is asked only when the coordinator says so.</param>
internal sealed record WatchMessage(
    int History, int Subject, string Username, string Secret, int Action, long Id, string? Path, bool IsGroup, bool OnDemand);

/// <summary>Asks for all that was seen of a history, which is not gone on with.</summary>
internal sealed record CollectMessage(int History);

/// <summary>What a client saw: four numbers for each validation: subject, begin, end, outcome (0 allowed, -1 unavailable, otherwise the reason).</summary>
internal sealed record SeenMessage(long[] Numbers);

/// <summary>Asks a client one thing once.</summary>
internal sealed record AskMessage(int History, int Subject);
