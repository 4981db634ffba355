using System.Text.Json;

namespace OrleansTokens.Histories.Planning;

/// <summary>What is done to the cluster.</summary>
internal enum FaultKind
{
    /// <summary>A silo is killed (SIGKILL), and another started in its place.</summary>
    Kill,

    /// <summary>A silo is stopped as an operator does (SIGTERM), and another started in its place.</summary>
    Stop,

    /// <summary>One more silo joins.</summary>
    Join,

    /// <summary>A silo stands still (SIGSTOP) and goes on.</summary>
    PauseSilo,

    /// <summary>A client stands still (SIGSTOP) and goes on.</summary>
    PauseClient,

    /// <summary>The link between two silos is cut.</summary>
    CutSilos,

    /// <summary>What two silos send each other stays on its way.</summary>
    StallSilos,

    /// <summary>What one silo sends another stays on its way, the other direction works.</summary>
    StallOneWay,

    /// <summary>The link between a client and a silo is cut.</summary>
    CutClient,

    /// <summary>What a client and a silo send each other stays on its way.</summary>
    StallClient,

    /// <summary>What a silo sends a client stays on its way, the other direction works.</summary>
    StallAnswers,

    /// <summary>A silo is declared dead, and does not know it; another is started in its place.</summary>
    DeclareDead,

    /// <summary>The storage of a silo fails.</summary>
    StorageFails,

    /// <summary>The storage of a silo is slow.</summary>
    StorageSlow,

    /// <summary>The storage of a silo applies writes, and does not say so.</summary>
    StorageSilent,

    /// <summary>The storage of a silo applies writes after their caller has given up.</summary>
    StorageLate,

    /// <summary>The storage of a silo answers reads with what was true a while ago.</summary>
    ReadsLate,

    /// <summary>The membership table cannot be reached by a silo.</summary>
    MembershipAway,

    /// <summary>The wall clocks of silos are minutes apart, and no clock runs at quite the right rate.</summary>
    Clocks,

    /// <summary>Every silo has activations of tokens of its own, whatever other silos have.</summary>
    Duplicates,
}

/// <summary>The names of faults on the command line: kebab case of the code names.</summary>
internal static class FaultNames
{
    public static string Of(FaultKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());

    /// <summary>Reads names with commas between; <c>all</c> and <c>none</c> are names too.</summary>
    /// <exception cref="ArgumentException">One of them is none.</exception>
    public static IReadOnlyList<FaultKind> Parse(string text) => text switch
    {
        "all" => Enum.GetValues<FaultKind>(),
        "none" => [],
        _ => [.. text.Split(',').Select(ParseOne)],
    };

    private static FaultKind ParseOne(string name)
    {
        foreach (var kind in Enum.GetValues<FaultKind>())
        {
            if (Of(kind) == name)
            {
                return kind;
            }
        }

        throw new ArgumentException($"There is no fault called {name}; there are: {string.Join(", ", Enum.GetValues<FaultKind>().Select(Of))}.");
    }
}
