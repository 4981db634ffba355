using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Serialization;
using Orleans.Serialization.Serializers;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Grains.Ids;
using OrleansTokens.Grains.Index;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Namespaces;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Namespaces;
using OrleansTokens.Silo.Storage;
using OrleansTokens.Silo.Storage.Sqlite;

namespace OrleansTokens.Benchmarks;

/// <summary>A token that was stored, and where it counts.</summary>
/// <param name="Username">Its username.</param>
/// <param name="Secret">Its secret.</param>
/// <param name="Project">The path of its project.</param>
internal sealed record SeededToken(string Username, string Secret, string Project);

/// <summary>Writes very many tokens straight into storage, as the grains would have left them: 10 groups, 10 in each, 10 projects in each
/// of those, and the tokens spread over the projects.</summary>
internal sealed class Seed : IAsyncDisposable
{
    private const int Fan = 10;
    private const int Projects = Fan * Fan * Fan;
    private const int AtOnce = 512;

    private readonly SqliteDatabase _database;
    private readonly SqliteGrainStorage _storage;
    private readonly SqliteGridIndex _index;
    private readonly MasterKeyRing _keys;

    private Seed(string data)
    {
        _keys = MasterKeyFile.ReadOrCreate(data);
        var options = Options.Create(new SqliteStorageOptions
        {
            DataDirectory = data,
            GrainStorageSerializer = new JsonGrainStateSerializer(GrainStates.CreateJsonOptions()),
        });
        _database = new SqliteDatabase(options, NullLogger<SqliteDatabase>.Instance);
        _database.Open();
        var activators = new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<IActivatorProvider>();
        _storage = new SqliteGrainStorage(_database, options, activators);
        _index = new SqliteGridIndex(_database);
    }

    /// <summary>Stores this many tokens, and says every n-th of them so that there are at most 10,000 to work with.</summary>
    public static async Task<IReadOnlyList<SeededToken>> WriteAsync(string data, int tokens)
    {
        await using var seed = new Seed(data);
        await seed.WriteTreeAsync(tokens);
        var kept = new List<SeededToken>();
        var every = Math.Max(1, tokens / 10_000);
        foreach (var batch in Enumerable.Range(1, tokens).Chunk(AtOnce))
        {
            var written = await Task.WhenAll(batch.Select(id => seed.WriteTokenAsync(id)));
            kept.AddRange(written.Where((_, i) => batch[i] % every == 0));
        }

        return kept;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private static long TopGroup(int project) => 1 + (project / (Fan * Fan));

    private static long SubGroup(int project) => 1 + Fan + (project / Fan);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private async Task WriteTreeAsync(int tokens)
    {
        for (var i = 0; i < Fan; i++)
        {
            await WriteNodeAsync(NamespaceKind.Group, i + 1, 0, Text($"top{i}"));
        }

        for (var i = 0; i < Fan * Fan; i++)
        {
            await WriteNodeAsync(NamespaceKind.Group, i + 1 + Fan, 1 + (i / Fan), Text($"sub{i}"));
        }

        for (var i = 0; i < Projects; i++)
        {
            await WriteNodeAsync(NamespaceKind.Project, i + 1, SubGroup(i), Text($"app{i}"));
        }

        await WriteAsync("id-block", IdSequence.Groups, "ids", new IdBlockState { LastId = Fan + (Fan * Fan) });
        await WriteAsync("id-block", IdSequence.Projects, "ids", new IdBlockState { LastId = Projects });
        await WriteAsync("id-block", IdSequence.DeployTokens, "ids", new IdBlockState { LastId = tokens });
    }

    private async Task WriteNodeAsync(NamespaceKind kind, long id, long parent, string slug)
    {
        var state = new NamespaceState { Status = NamespaceStatus.Active, Parent = parent, Slug = slug, Name = slug, Epoch = 1 };
        await WriteAsync(kind == NamespaceKind.Group ? "group" : "project", IdKey(id), "node", state);
        await WriteAsync("path-entry", Text($"{parent}/{slug}"), "entry", new PathEntryState { Kind = kind, Id = id });
        await _index.UpsertAsync(new NamespaceRow(kind, id, parent, slug, slug, 0, false, default, false, 1));
    }

    private async Task<SeededToken> WriteTokenAsync(int id)
    {
        var project = id % Projects;
        var secret = TokenFormat.Issue(TokenPrefixes.Default, 0, id, _keys.TagKeys[0]);
        var state = new DeployTokenState
        {
            Status = DeployTokenStatus.Issued,
            HolderKind = NamespaceKind.Project,
            HolderId = project + 1,
            Name = "seeded",
            Scopes = DeployTokenScopes.ReadRepository | DeployTokenScopes.ReadRegistry | DeployTokenScopes.WriteRegistry,
            Secrets = [new StoredSecret { Digest = SecretDigest.Compute(_keys, DigestPurpose.DeployToken, secret).ToStorageText() }],
            Epoch = 1,
        };
        await WriteAsync("deploy-token", IdKey(id), "token", state);
        var username = DeployTokenState.DefaultUsername(new TokenId(id));
        await _index.UpsertAsync(new TokenRow(
            id, NamespaceKind.Project, project + 1, "seeded", username, (int)state.Scopes, default, null, false, false, 1));
        return new SeededToken(username, secret.Reveal(), Text($"top{TopGroup(project) - 1}/sub{SubGroup(project) - 1 - Fan}/app{project}"));
    }

    private static string IdKey(long id) => GrainIdKeyExtensions.CreateIntegerKey(id).ToString();

    private Task WriteAsync<T>(string type, string key, string state, T value) =>
        _storage.WriteStateAsync(state, GrainId.Create(type, key), new GrainState<T>(value));
}
