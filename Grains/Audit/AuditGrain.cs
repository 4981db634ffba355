using System.Collections.Immutable;
using System.Globalization;
using OrleansTokens.Audit;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Index;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Audit;

/// <summary>Writes the records of one holder. Keyed as <see cref="IAuditGrain"/>.</summary>
[Alias("ot.IAuditWriterGrain")]
internal interface IAuditWriterGrain : IGrainWithStringKey
{
    /// <summary>Adds a record; it is durable when the call returns.</summary>
    [Alias("Append")]
    Task AppendAsync(AuditEvent what, TokenId token, OperatorId by);
}

/// <inheritdoc cref="IAuditGrain"/>
[GrainType("audit")]
internal sealed class AuditGrain : Grain, IAuditGrain, IAuditWriterGrain
{
    private readonly DurableState<AuditState> _state;
    private readonly TimeProvider _time;

    public AuditGrain([PersistentState("records")] IPersistentState<AuditState> storage, TimeProvider time)
    {
        _state = new DurableState<AuditState>(storage, this);
        _time = time;
    }

    public async Task AppendAsync(AuditEvent what, TokenId token, OperatorId by)
    {
        var recent = _state.Current.Recent;
        if (recent.Length == 2 * AuditState.SegmentSize)
        {
            // The segment first: until it is left out here too, it is in both places, which harms nobody.
            await Segment(recent[0].Sequence).KeepAsync([.. recent[..AuditState.SegmentSize].Select(static r => r.View())]);
            recent = recent[AuditState.SegmentSize..];
        }

        var record = new StoredAuditRecord
        {
            Sequence = _state.Current.Count + 1,
            At = _time.GetUtcNow(),
            By = by.Value,
            Event = what,
            Token = token.Value,
        };
        await _state.WriteAsync(new AuditState { Recent = recent.Add(record.After(recent.IsEmpty ? "" : recent[^1].Hash)) });
    }

    public async Task<AuditPage> ListAsync(int offset, int limit)
    {
        Listing.CheckPage(offset, limit);
        var state = _state.Current;
        var newest = state.Count - offset;
        var items = ImmutableArray.CreateBuilder<AuditRecord>();
        ImmutableArray<AuditRecord> records = [.. state.Recent.Select(static r => r.View())];
        for (var sequence = newest; sequence > Math.Max(newest - limit, 0); sequence--)
        {
            if (sequence < records[0].Sequence)
            {
                records = await Segment(sequence).GetAsync();
            }

            items.Add(records[(int)(sequence - records[0].Sequence)]);
        }

        return new AuditPage(items.ToImmutable(), state.Count);
    }

    private IAuditSegmentGrain Segment(long sequence)
    {
        var number = (sequence - 1) / AuditState.SegmentSize;
        return GrainFactory.GetGrain<IAuditSegmentGrain>(
            string.Create(CultureInfo.InvariantCulture, $"{this.GetPrimaryKeyString()}/{number}"));
    }
}

/// <summary>A full segment of records. Keyed by the key of the audit grain and the number of the segment, from 0.</summary>
[Alias("ot.IAuditSegmentGrain")]
internal interface IAuditSegmentGrain : IGrainWithStringKey
{
    /// <summary>Writes the segment. May be repeated, with the same records.</summary>
    [Alias("Keep")]
    Task KeepAsync(ImmutableArray<AuditRecord> records);

    /// <summary>The records, oldest first.</summary>
    [Alias("Get")]
    Task<ImmutableArray<AuditRecord>> GetAsync();
}

/// <inheritdoc cref="IAuditSegmentGrain"/>
[GrainType("audit-segment")]
internal sealed class AuditSegmentGrain : Grain, IAuditSegmentGrain
{
    private readonly DurableState<AuditSegmentState> _state;

    public AuditSegmentGrain([PersistentState("records")] IPersistentState<AuditSegmentState> storage) =>
        _state = new DurableState<AuditSegmentState>(storage, this);

    public async Task KeepAsync(ImmutableArray<AuditRecord> records)
    {
        if (_state.Current.Records.IsEmpty)
        {
            await _state.WriteAsync(new AuditSegmentState { Records = [.. records.Select(StoredAuditRecord.Of)] });
        }
        else if (!_state.Current.Records.Select(static r => r.View()).SequenceEqual(records))
        {
            throw TokenAuthorityException.Unavailable("Another segment of the audit is kept here.");
        }
    }

    public Task<ImmutableArray<AuditRecord>> GetAsync() => _state.Current.Records.IsEmpty
        ? throw TokenAuthorityException.Unavailable("A segment of the audit is missing.")
        : Task.FromResult<ImmutableArray<AuditRecord>>([.. _state.Current.Records.Select(static r => r.View())]);
}
