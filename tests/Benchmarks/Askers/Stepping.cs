using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using OrleansTokens.Client;
using OrleansTokens.Validation;

namespace OrleansTokens.Benchmarks;

/// <summary>
/// Asks as fast as one thread can, or several: the library, or, to compare with, the least that any cache of decisions does, which is one
/// SHA-256 of the secret and one look-up by it.
/// </summary>
internal sealed class Stepping
{
    /// <summary>How many steps are taken between two looks at the clock.</summary>
    private const int StepsAtOnce = 100;

    private readonly DeployTokenValidator _validator;
    private readonly Shown[] _shown;
    private readonly byte[][] _secrets;
    private readonly ConcurrentDictionary<UInt128, Decision> _decisions;

    public Stepping(DeployTokenValidator validator, Shown[] shown)
    {
        _validator = validator;
        _shown = shown;
        _secrets = [.. shown.Select(static s => Encoding.UTF8.GetBytes(s.Credential.Secret.Reveal()))];
        _decisions = new(_secrets.Select(static secret => KeyValuePair.Create(KeyOf(secret), Decision.Deny(DenyReason.TokenUnknown))));
    }

    /// <summary>Steps for so long, on so many threads.</summary>
    public async Task<LoadResult> RunAsync(AskerOrder order)
    {
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var clock = Stopwatch.StartNew();
        var seconds = TimeSpan.FromSeconds(order.Seconds);
        var steps = await Task.WhenAll(Enumerable.Range(0, order.Callers).Select(thread => Task.Run(async () =>
        {
            var (taken, waited, at) = (0L, 0L, thread * _shown.Length / order.Callers);
            for (; clock.Elapsed < seconds; taken += StepsAtOnce)
            {
                waited += order.Work == AskerWork.Hash ? Hash(at) : await AskAsync(at);
                at = (at + StepsAtOnce) % _shown.Length;
            }

            return (taken, waited);
        })));
        var (elapsed, count) = (clock.Elapsed, steps.Sum(static s => s.taken));
        return new LoadResult(count / elapsed.TotalSeconds, 0, 0, [], 0, [])
        {
            Waited = steps.Sum(static s => s.waited),
            BytesOfEach = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)count,
        };
    }

    private static UInt128 KeyOf(byte[] secret)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(secret, digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    private int Hash(int from)
    {
        var found = 0;
        for (var i = 0; i < StepsAtOnce; i++)
        {
            found += _decisions.ContainsKey(KeyOf(_secrets[(from + i) % _secrets.Length])) ? 1 : 0;
        }

        return StepsAtOnce - found;
    }

    /// <summary>Says how often the answer was not there at once.</summary>
    private async ValueTask<int> AskAsync(int from)
    {
        var waited = 0;
        for (var i = 0; i < StepsAtOnce; i++)
        {
            var shown = _shown[(from + i) % _shown.Length];
            var asked = _validator.ValidateAsync(shown.Credential, RegistryAction.DownloadCode, shown.Resource);
            if (!asked.IsCompletedSuccessfully)
            {
                waited++;
                await asked;
            }
        }

        return waited;
    }
}
