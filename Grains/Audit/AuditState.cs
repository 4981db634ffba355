using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansTokens.Audit;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Audit;

/// <summary>One record, as stored.</summary>
internal sealed record StoredAuditRecord
{
    public long Sequence { get; init; }

    public DateTimeOffset At { get; init; }

    public long By { get; init; }

    public AuditEvent Event { get; init; }

    public long Token { get; init; }

    public string Hash { get; init; } = "";

    public static StoredAuditRecord Of(AuditRecord record) => new()
    {
        Sequence = record.Sequence,
        At = record.At,
        By = record.By.Value,
        Event = record.Event,
        Token = record.Token.Value,
        Hash = record.Hash,
    };

    public AuditRecord View() => new(Sequence, At, new OperatorId(By), Event, new TokenId(Token), Hash);

    /// <summary>The record with its place in the chain.</summary>
    /// <param name="before">The hash of the record before; empty for the first.</param>
    public StoredAuditRecord After(string before)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{before}\n{Sequence}\n{At.UtcTicks}\n{By}\n{(int)Event}\n{Token}");
        return this with { Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))) };
    }
}

/// <summary>The newest records of a holder. Older ones are in segments of their own, which are not written again.</summary>
internal sealed record AuditState : IDurable
{
    /// <summary>Records of a segment.</summary>
    public const int SegmentSize = 64;

    /// <summary>Oldest first; less than two segments.</summary>
    public ImmutableArray<StoredAuditRecord> Recent { get => field.IsDefault ? [] : field; init; } = [];

    public long Count => Recent.IsEmpty ? 0 : Recent[^1].Sequence;

    public string? Fault() => AuditSegmentState.Follow(Recent) ? null : "records are missing, or were changed";
}

/// <summary>A segment of records that is full.</summary>
internal sealed record AuditSegmentState : IDurable
{
    /// <summary>Oldest first.</summary>
    public ImmutableArray<StoredAuditRecord> Records { get => field.IsDefault ? [] : field; init; } = [];

    public string? Fault() => Records.IsEmpty || (Records.Length == AuditState.SegmentSize && Follow(Records))
        ? null
        : "records are missing, or were changed";

    /// <summary>Whether each record is the one that was written after the one before it.</summary>
    public static bool Follow(ImmutableArray<StoredAuditRecord> records)
    {
        for (var i = 1; i < records.Length; i++)
        {
            if (records[i].Sequence != records[i - 1].Sequence + 1 || records[i].After(records[i - 1].Hash) != records[i])
            {
                return false;
            }
        }

        return true;
    }
}
