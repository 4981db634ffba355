namespace OrleansTokens.Silo.Http;

/// <summary>How large a request body may be, and out of what memory it is read.</summary>
internal sealed record BodyAllowance(int MaxBytes, ByteBudget Budget);

/// <summary>What callers may send. Operators have memory of their own, so that nobody without a credential can use it up for them.</summary>
internal sealed class BodyAllowances
{
    /// <summary>For whoever presents no right credential.</summary>
    public BodyAllowance Strangers { get; } = new(HttpLimits.MaxStrangerBodyBytes, new ByteBudget(HttpLimits.MaxStrangerBodiesBytes));

    /// <summary>For whoever names a key of GitHub: its reports may be long, and whether one is GitHub's is told from all of it.</summary>
    public BodyAllowance Reporters { get; } = new(HttpLimits.MaxBodyBytes, new ByteBudget(HttpLimits.MaxReportBodiesBytes));

    /// <summary>For operators.</summary>
    public BodyAllowance Operators { get; } = new(HttpLimits.MaxBodyBytes, new ByteBudget(HttpLimits.MaxOperatorBodiesBytes));
}
