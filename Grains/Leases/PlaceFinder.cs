using System.Collections.Concurrent;
using BitFaster.Caching.Lru;
using Microsoft.Extensions.Logging;
using OrleansTokens.Grains.Namespaces;
using OrleansTokens.Leases;
using OrleansTokens.Namespaces;
using OrleansTokens.Settings;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Leases;

/// <summary>Where a question is aimed.</summary>
/// <param name="Lineage">The lineage of what is there; null where nothing is.</param>
/// <param name="ViaRedirect">Whether it was named by an old path.</param>
/// <param name="ConfirmedAt">The age of the oldest record that this rests on.</param>
internal readonly record struct Place(Lineage? Lineage, bool ViaRedirect, long ConfirmedAt);

/// <summary>
/// What a silo knows of the tree and of the settings, for all its grains together. Grains answer for themselves; here their answers are kept
/// for as long as they may be used, and asked for again ahead of need, so that a validation waits for none of them.
/// </summary>
internal sealed partial class PlaceFinder(
    IGrainFactory grains, LeaseOptions options, LeaseClock clock, ILogger<PlaceFinder> logger)
{
    /// <summary>Nodes and paths that are kept; a few hundred bytes each. What is used least goes.</summary>
    private const int Capacity = 100_000;

    private static readonly TimeSpan AgainAfter = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentLru<NamespaceId, Known<Lineage?>> _lineages = new(Capacity);
    private readonly ConcurrentLru<NamespacePath, Known<ResolvedPath>> _paths = new(Capacity);
    private readonly ConcurrentLru<int, Known<ApplicationSettings>> _settings = new(3);
    private readonly ConcurrentDictionary<object, byte> _refreshing = new();

    /// <summary>The settings, where they are known and fresh enough.</summary>
    public bool TryGetSettings(Freshness freshness, out ApplicationSettings settings, out long confirmedAt)
    {
        var isKnown = TryGet(_settings, 0, freshness, out var known);
        (settings, confirmedAt) = isKnown ? (known!.Value, known.ConfirmedAt) : (ApplicationSettings.Default, 0);
        return isKnown;
    }

    /// <summary>A lineage, where it is known and fresh enough.</summary>
    public bool TryGetLineage(NamespaceId id, Freshness freshness, out Lineage? lineage, out long confirmedAt)
    {
        var isKnown = TryGet(_lineages, id, freshness, out var known);
        (lineage, confirmedAt) = isKnown ? (known!.Value, known.ConfirmedAt) : default;
        return isKnown;
    }

    /// <summary>Where a question is aimed, where that is known and fresh enough.</summary>
    public bool TryFind(Question question, Freshness freshness, out Place place)
    {
        var resource = question.Resource;
        if (!ActionNames.NeedsResource(question.Action) || resource.IsNone)
        {
            place = new Place(null, false, long.MaxValue);
            return true;
        }

        place = default;
        if (resource.Path.IsNone)
        {
            var isKnown = TryGetLineage(IdOf(resource), freshness, out var lineage, out var confirmedAt);
            place = new Place(Usable(lineage), false, confirmedAt);
            return isKnown;
        }

        if (!TryGet(_paths, resource.Path, freshness, out var path))
        {
            return false;
        }

        if (!LeadsTo(resource, path!.Value))
        {
            place = new Place(null, false, path.ConfirmedAt);
            return true;
        }

        if (!TryGetLineage(path.Value.Target, freshness, out var found, out var foundAt))
        {
            return false;
        }

        place = new Place(Usable(found), path.Value.Redirected, Math.Min(path.ConfirmedAt, foundAt));
        return true;
    }

    /// <summary>Makes known what a question is aimed at.</summary>
    /// <exception cref="Errors.TokenAuthorityException">Unavailable.</exception>
    public async ValueTask FetchAsync(Question question, Freshness freshness)
    {
        var resource = question.Resource;
        if (!ActionNames.NeedsResource(question.Action) || resource.IsNone)
        {
            return;
        }

        var target = IdOf(resource);
        if (!resource.Path.IsNone)
        {
            var path = await ResolveAsync(resource.Path, freshness);
            target = LeadsTo(resource, path.Value) ? path.Value.Target : default;
        }

        if (!target.IsNone)
        {
            await FetchLineageAsync(target, below: 0, freshness);
        }
    }

    /// <summary>The settings.</summary>
    /// <exception cref="Errors.TokenAuthorityException">Unavailable.</exception>
    public async ValueTask<ApplicationSettings> GetSettingsAsync(Freshness freshness)
    {
        if (!TryGet(_settings, 0, freshness, out var known))
        {
            known = await KeepAsync(_settings, 0, freshness, age => grains.GetGrain<IApplicationSettingsGrain>(0).ConfirmAsync(age));
        }

        return known!.Value;
    }

    /// <summary>A lineage, however long.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="below">How many nodes are below, in the lineage that is being put together.</param>
    /// <param name="freshness">How fresh it must be.</param>
    /// <exception cref="Errors.TokenAuthorityException">Unavailable.</exception>
    public async ValueTask<Known<Lineage?>> FetchLineageAsync(NamespaceId id, int below, Freshness freshness) =>
        TryGet(_lineages, id, freshness, out var known)
            ? known!
            : await KeepAsync(_lineages, id, freshness, age => NamespaceGrains.Of(grains, id).ConfirmLineageAsync(below, age));

    private static NamespaceId IdOf(Resource resource) =>
        resource.IsGroup ? resource.Group.AsNamespace : resource.Project.AsNamespace;

    /// <summary>What lies deeper than anything should, because a fault has put it there, is of no use to anybody.</summary>
    private static Lineage? Usable(Lineage? lineage) => lineage?.Nodes.Length > Limits.MaxPathSegments ? null : lineage;

    private static bool LeadsTo(Resource resource, ResolvedPath path) =>
        path.Target.Kind == (resource.IsGroup ? NamespaceKind.Group : NamespaceKind.Project)
        && (resource.LongestPrefix || path.Segments == resource.Path.Segments.Length);

    /// <summary>Walks down a path. Projects are leaves: the first one met ends the walk, so it is the longest project prefix.</summary>
    private async ValueTask<Known<ResolvedPath>> ResolveAsync(NamespacePath path, Freshness freshness)
    {
        if (TryGet(_paths, path, freshness, out var known))
        {
            return known!;
        }

        var parent = path.Parent;
        freshness = freshness with { MaxAge = FetchAge(freshness) };
        var above = parent.IsNone ? new Known<ResolvedPath>(default, long.MaxValue) : await ResolveAsync(parent, freshness);
        if (!parent.IsNone && above.Value.Target.Kind != NamespaceKind.Group)
        {
            // It ends above, at a project or nowhere.
            return Keep(_paths, path, new Known<ResolvedPath>(above.Value, above.ConfirmedAt));
        }

        var sent = clock.Now;
        var age = freshness.MaxAge;
        var entry = await PathEntryGrain.Of(grains, above.Value.Target.AsGroup, path.Segments[^1]).ConfirmAsync(age);
        var resolved = entry.Value.Target.IsNone
            ? default
            : new ResolvedPath(entry.Value.Target, above.Value.Redirected || entry.Value.Redirect, path.Segments.Length);
        return Keep(_paths, path, new Known<ResolvedPath>(resolved, Math.Min(above.ConfirmedAt, ConfirmedAt(sent, age, entry.Age))));
    }

    /// <summary>What is fetched is to be of use for a while, so it must be fresher than what is used.</summary>
    private TimeSpan FetchAge(Freshness freshness) => freshness.MaxAge < options.Renewed ? freshness.MaxAge : options.Renewed;

    /// <summary>Counted from when it was asked for, since an answer may be slow. What was to be confirmed anew was so after that.</summary>
    private long ConfirmedAt(long sent, TimeSpan asked, TimeSpan age)
    {
        var from = options.Protections.Hold(LeaseProtection.SendTime) ? sent : clock.Now;
        return asked == TimeSpan.Zero ? from
            : options.Protections.Hold(LeaseProtection.AgeTravels) ? from - age.Ticks
            : clock.Now;
    }

    private bool TryGet<TKey, T>(ConcurrentLru<TKey, Known<T>> cache, TKey key, Freshness freshness, out Known<T>? known)
        where TKey : notnull
    {
        var now = clock.Now;
        if (!cache.TryGet(key, out known) || !freshness.Accepts(known.ConfirmedAt, now))
        {
            return false;
        }

        if (now - known.ConfirmedAt > options.ConfirmAfter.Ticks && freshness.MaxAge > TimeSpan.Zero)
        {
            BeginRefreshing(key);
        }

        return true;
    }

    /// <summary>Asks again for what is still used, one at a time for each.</summary>
    private void BeginRefreshing(object key)
    {
        if (_refreshing.TryAdd(key, 0))
        {
            _ = Task.Run(() => RefreshAsync(key));
        }
    }

    private async Task RefreshAsync(object key)
    {
        try
        {
            var freshness = Freshness.Of(options.Renewed, clock);
            await (key switch
            {
                NamespaceId id => RefreshedAsync(FetchLineageAsync(id, below: 0, freshness)),
                NamespacePath path => RefreshedAsync(ResolveAsync(path, freshness)),
                _ => RefreshedAsync(GetSettingsAsync(freshness)),
            });
        }
        catch (Exception fault)
        {
            LogNotRefreshed(key, fault); // It grows older; whoever needs it asks for it, and is told.
            await Task.Delay(AgainAfter, TimeProvider.System);
        }
        finally
        {
            _refreshing.TryRemove(key, out _);
        }
    }

    private static async Task RefreshedAsync<T>(ValueTask<T> refresh) => _ = await refresh;

    private async ValueTask<Known<T>> KeepAsync<TKey, T>(
        ConcurrentLru<TKey, Known<T>> cache, TKey key, Freshness freshness, Func<TimeSpan, ValueTask<Confirmed<T>>> ask)
        where TKey : notnull
    {
        var sent = clock.Now;
        var age = FetchAge(freshness);
        var answer = await ask(age);
        return Keep(cache, key, new Known<T>(answer.Value, ConfirmedAt(sent, age, answer.Age)));
    }

    /// <summary>Keeps the fresher of what is known and what was found.</summary>
    private static Known<T> Keep<TKey, T>(ConcurrentLru<TKey, Known<T>> cache, TKey key, Known<T> found)
        where TKey : notnull
    {
        if (!cache.TryGet(key, out var known) || known.ConfirmedAt <= found.ConfirmedAt)
        {
            cache.AddOrUpdate(key, found);
        }

        return found;
    }
}

/// <summary>What is known.</summary>
/// <param name="Value">What.</param>
/// <param name="ConfirmedAt">When the oldest read began that it rests on.</param>
internal sealed record Known<T>(T Value, long ConfirmedAt);
