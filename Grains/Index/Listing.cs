using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using OrleansTokens.Errors;

namespace OrleansTokens.Grains.Index;

/// <summary>
/// Reads a page of a list: which ids are on it says the index, what they are say their own grains. Where a grain does not know of
/// what the index lists, or knows better, the index is mended and the page is read again, so that nothing slips past a reader who goes on to the
/// next page. An entry that cannot be read is left out, and still counted: a fault of one record must not hide all the others.
/// </summary>
internal static class Listing
{
    /// <summary>
    /// A crash leaves a handful of entries to mend, and a revocation of all tokens of a group or project as many as were alive there: each
    /// round mends a page of them. More rounds than this take too long for one call; the next one goes on where this one stopped.
    /// </summary>
    private const int MaxRounds = 50;

    /// <summary>Refuses a page that cannot be.</summary>
    public static void CheckPage(int offset, int limit)
    {
        if (offset < 0)
        {
            throw TokenAuthorityException.Invalid("offset", "must be 0 or more");
        }

        if (limit is < 1 or > Limits.MaxPageSize)
        {
            throw TokenAuthorityException.Invalid("limit", $"must be from 1 to {Limits.MaxPageSize}");
        }
    }

    /// <param name="find">Asks the index.</param>
    /// <param name="get">Asks the grain of an id; null where it does not belong on the list.</param>
    /// <param name="mend">Has the grain of an id write its entry again.</param>
    /// <param name="warn">Told of every id that could not be read or mended, while others could.</param>
    /// <exception cref="TokenAuthorityException">Unavailable, as told by the first of them: no entry of the page could be read.</exception>
    public static async Task<(ImmutableArray<T> Items, long Total)> ReadAsync<T>(
        Func<Task<IndexPage>> find, Func<long, Task<T?>> get, Func<long, Task> mend, Action<long, Exception> warn)
        where T : class
    {
        IReadOnlyList<long> mended = [];
        for (var round = 1; ; round++)
        {
            var page = await find();
            var entries = await Task.WhenAll(page.Ids.Select(id => ReadTwiceAsync(id, get)));
            if (entries.Length > 0 && Array.TrueForAll(entries, static e => e.Fault is not null))
            {
                ExceptionDispatchInfo.Throw(entries[0].Fault!);
            }

            var wrong = entries.Where(static e => e is { Item: null, Fault: null }).Select(static e => e.Id).ToList();
            if (wrong.Count == 0 || wrong.SequenceEqual(mended) || round == MaxRounds)
            {
                foreach (var entry in entries.Where(static e => e.Fault is not null))
                {
                    warn(entry.Id, entry.Fault!);
                }

                return ([.. entries.Select(static e => e.Item).OfType<T>()], page.Total - wrong.Count);
            }

            await Task.WhenAll(wrong.Select(id => MendAsync(id, mend, warn)));
            mended = wrong;
        }
    }

    /// <summary>Asks again where there was no answer: an activation that is about to end for a fault refuses whom it had kept waiting.</summary>
    private static async Task<Entry<T>> ReadTwiceAsync<T>(long id, Func<long, Task<T?>> get)
        where T : class
    {
        var first = await ReadOnceAsync(id, get);
        return first.Fault is null ? first : await ReadOnceAsync(id, get);
    }

    private static async Task<Entry<T>> ReadOnceAsync<T>(long id, Func<long, Task<T?>> get)
        where T : class
    {
        try
        {
            return new Entry<T>(id, await get(id), null);
        }
        catch (Exception fault)
        {
            return new Entry<T>(id, null, fault);
        }
    }

    private static async Task MendAsync(long id, Func<long, Task> mend, Action<long, Exception> warn)
    {
        try
        {
            await mend(id);
        }
        catch (Exception fault)
        {
            warn(id, fault); // It is found wrong once more then, and left out.
        }
    }

    /// <summary>What came of one entry: the item, nothing where it does not belong on the list, or a fault.</summary>
    private readonly record struct Entry<T>(long Id, T? Item, Exception? Fault);
}
