using System.Collections.Immutable;
using OrleansTokens.Errors;

namespace OrleansTokens.Grains.Index;

/// <summary>
/// Reads a page of a list: which ids are on it says the index, what they are say their own grains. Where a grain does not know of
/// what the index lists, or knows better, the index is mended and the page is read again, so that nothing slips past a reader who goes on to the
/// next page.
/// </summary>
internal static class Listing
{
    /// <summary>A crash leaves a handful of entries to mend; more rounds mean that things change faster than a page is read.</summary>
    private const int MaxRounds = 4;

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
    public static async Task<(ImmutableArray<T> Items, long Total)> ReadAsync<T>(
        Func<Task<IndexPage>> find, Func<long, Task<T?>> get, Func<long, Task> mend)
        where T : class
    {
        for (var round = 1; ; round++)
        {
            var page = await find();
            var found = await Task.WhenAll(page.Ids.Select(get));
            var wrong = page.Ids.Where((_, i) => found[i] is null).ToList();
            if (wrong.Count == 0 || round == MaxRounds)
            {
                return ([.. found.OfType<T>()], page.Total - wrong.Count);
            }

            await Task.WhenAll(wrong.Select(mend));
        }
    }
}
