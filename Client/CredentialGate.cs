using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Installation;
using OrleansTokens.Validation;

namespace OrleansTokens.Client;

/// <summary>
/// Looks at a secret before any grain is asked: one that this authority did not make is refused here, in about a microsecond, without a
/// call, a storage read or an activation. One that passes is not yet right; its grain decides that.
/// </summary>
/// <remarks>The keys are fetched once, and again when a secret looks forged and the last fetch is a while ago: a silo with a newer
/// master key may have joined. Only what looks forged waits for that, and only its caller learns where it fails.</remarks>
internal sealed class CredentialGate(GridCalls calls, TimeProvider time)
{
    private static readonly TimeSpan RefetchAfter = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private Keys? _known;
    private Task<Keys>? _fetch;
    private long _fetchedAt;

    /// <summary>The token a secret claims to be, or why it can be none.</summary>
    public ValueTask<(TokenId Token, DenyReason Refusal)> InspectAsync(Secret secret)
    {
        if (Volatile.Read(ref _known) is not { } keys)
        {
            return InspectAnewAsync(secret, Fetch());
        }

        var seen = Inspect(secret, keys);
        return seen.Refusal == DenyReason.CredentialForged && RefetchIfDue() is { } fetch
            ? InspectAnewAsync(secret, fetch)
            : ValueTask.FromResult(seen);
    }

    /// <summary>Whether a secret begins as deploy tokens of this authority do, be it one or not.</summary>
    public async ValueTask<bool> HasPrefixAsync(Secret secret)
    {
        var keys = Volatile.Read(ref _known) ?? await Fetch();
        return keys.Prefixes.Match(secret.Span) is not null;
    }

    private static async ValueTask<(TokenId Token, DenyReason Refusal)> InspectAnewAsync(Secret secret, Task<Keys> fetch) =>
        Inspect(secret, await fetch);

    private static (TokenId Token, DenyReason Refusal) Inspect(Secret secret, Keys keys) =>
        TokenFormat.VerifyTag(secret, keys.Prefixes, keys.TagKeys, out var parsed) switch
        {
            TokenShape.Ours => (new TokenId(parsed.TokenId), DenyReason.None),
            TokenShape.Malformed => (default, DenyReason.CredentialMalformed),
            TokenShape.Forged => (default, DenyReason.CredentialForged),
            _ => (default, DenyReason.TokenUnknown),
        };

    private Task<Keys>? RefetchIfDue()
    {
        lock (_lock)
        {
            return _fetch is { IsCompleted: false } || time.GetElapsedTime(_fetchedAt) > RefetchAfter ? Fetch() : null;
        }
    }

    /// <summary>The fetch that is under way, or a new one. It has a deadline of its own: whoever joins it late waits no longer than it.</summary>
    private Task<Keys> Fetch()
    {
        lock (_lock)
        {
            if (_fetch is not { IsCompleted: false })
            {
                _fetchedAt = time.GetTimestamp();
                _fetch = calls.RunAsync(FetchAsync, CancellationToken.None);
            }

            return _fetch;
        }
    }

    private async Task<Keys> FetchAsync()
    {
        var fetched = await calls.Grains.GetGrain<IInstallationGrain>(0).GetGatewayKeysAsync();
        if (!TokenPrefixes.TryCreate(fetched.Prefixes[0], fetched.Prefixes.Skip(1), out var prefixes, out var error))
        {
            throw TokenAuthorityException.Unavailable("The authority sent prefixes that cannot be: " + error);
        }

        var keys = new Keys(prefixes, [.. fetched.TagKeys.Select(static key => new TagKey(key.AsSpan()))]);
        Volatile.Write(ref _known, keys);
        return keys;
    }

    private sealed record Keys(TokenPrefixes Prefixes, TagKey[] TagKeys);
}
