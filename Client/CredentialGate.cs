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
/// master key may have joined.</remarks>
internal sealed class CredentialGate(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan RefetchAfter = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private Task<Keys>? _keys;
    private long _fetchedAt;

    /// <summary>The token a secret claims to be, or why it can be none.</summary>
    public ValueTask<(TokenId Token, DenyReason Refusal)> InspectAsync(Secret secret, CancellationToken cancellation)
    {
        var keys = CurrentKeys(refetchIfOld: false);
        if (keys.IsCompletedSuccessfully && Inspect(secret, keys.Result) is var seen && seen.Refusal != DenyReason.CredentialForged)
        {
            return ValueTask.FromResult(seen);
        }

        return InspectSlowAsync(secret, cancellation);
    }

    private async ValueTask<(TokenId Token, DenyReason Refusal)> InspectSlowAsync(Secret secret, CancellationToken cancellation)
    {
        var seen = Inspect(secret, await GridCalls.RunAsync(() => CurrentKeys(refetchIfOld: false), cancellation));
        return seen.Refusal == DenyReason.CredentialForged
            ? Inspect(secret, await GridCalls.RunAsync(() => CurrentKeys(refetchIfOld: true), cancellation))
            : seen;
    }

    private static (TokenId Token, DenyReason Refusal) Inspect(Secret secret, Keys keys) =>
        TokenFormat.VerifyTag(secret, keys.Prefixes, keys.TagKeys, out var parsed) switch
        {
            TokenShape.Ours => (new TokenId(parsed.TokenId), DenyReason.None),
            TokenShape.Malformed => (default, DenyReason.CredentialMalformed),
            TokenShape.Forged => (default, DenyReason.CredentialForged),
            _ => (default, DenyReason.TokenUnknown),
        };

    private Task<Keys> CurrentKeys(bool refetchIfOld)
    {
        lock (_lock)
        {
            var old = refetchIfOld && time.GetElapsedTime(_fetchedAt) > RefetchAfter;
            if (_keys is null || _keys.IsFaulted || _keys.IsCanceled || old)
            {
                _fetchedAt = time.GetTimestamp();
                _keys = FetchAsync();
            }

            return _keys;
        }
    }

    private async Task<Keys> FetchAsync()
    {
        var fetched = await grains.GetGrain<IInstallationGrain>(0).GetGatewayKeysAsync();
        return TokenPrefixes.TryCreate(fetched.Prefixes[0], fetched.Prefixes.Skip(1), out var prefixes, out var error)
            ? new Keys(prefixes, [.. fetched.TagKeys.Select(static key => new TagKey(key.AsSpan()))])
            : throw TokenAuthorityException.Unavailable("The authority sent prefixes that cannot be: " + error);
    }

    private sealed record Keys(TokenPrefixes Prefixes, TagKey[] TagKeys);
}
