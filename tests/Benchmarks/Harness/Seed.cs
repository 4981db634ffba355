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

/// <summary>Writes very many tokens straight into storage, as the grains would have left them, spread over the projects of a tree. Each
/// <see cref="Population.RevokedEvery"/>-th is revoked.</summary>
internal sealed class Seed : IAsyncDisposable
{
    private const int AtOnce = 512;

    private readonly Tree _tree;
    private readonly Func<int, int> _projectOf;
    private readonly SqliteDatabase _database;
    private readonly SqliteGrainStorage _storage;
    private readonly SqliteGridIndex _index;
    private readonly MasterKeyRing _keys;

    private Seed(string data, Tree tree, Func<int, int> projectOf)
    {
        (_tree, _projectOf) = (tree, projectOf);
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

    /// <summary>Stores this many tokens in a new data directory.</summary>
    /// <param name="data">The directory.</param>
    /// <param name="tokens">How many.</param>
    /// <param name="tree">The groups and projects that hold them; null: the usual ones.</param>
    /// <param name="projectOf">Which project holds the token of an id, from 0; null: all projects in turn.</param>
    public static async Task<Population> WriteAsync(string data, int tokens, Tree? tree = null, Func<int, int>? projectOf = null)
    {
        await using var seed = new Seed(data, tree ?? Tree.Usual, projectOf ?? (static id => id % Tree.Projects));
        await seed.WriteTreeAsync(tokens);
        var written = new List<SeededToken>(tokens);
        foreach (var batch in Enumerable.Range(1, tokens).Chunk(AtOnce))
        {
            written.AddRange(await Task.WhenAll(batch.Select(seed.WriteTokenAsync)));
        }

        return new Population(written);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private async Task WriteTreeAsync(int tokens)
    {
        foreach (var (id, parent, slug) in _tree.Groups())
        {
            await WriteNodeAsync(NamespaceKind.Group, id, parent, slug);
        }

        for (var i = 0; i < Tree.Projects; i++)
        {
            await WriteNodeAsync(NamespaceKind.Project, i + 1, _tree.GroupOf(i), Tree.SlugOf(i));
        }

        await WriteAsync("id-block", IdSequence.Groups, "ids", new IdBlockState { LastId = _tree.GroupCount });
        await WriteAsync("id-block", IdSequence.Projects, "ids", new IdBlockState { LastId = Tree.Projects });
        await WriteAsync("id-block", IdSequence.DeployTokens, "ids", new IdBlockState { LastId = tokens });
    }

    private async Task WriteNodeAsync(NamespaceKind kind, long id, long parent, string slug)
    {
        var state = new NamespaceState { Status = NamespaceStatus.Active, Parent = parent, Slug = slug, Name = slug, Epoch = 1 };
        await WriteAsync(kind == NamespaceKind.Group ? "group" : "project", IdKey(id), "node", state);
        await WriteAsync("path-entry", string.Create(CultureInfo.InvariantCulture, $"{parent}/{slug}"), "entry", new PathEntryState { Kind = kind, Id = id });
        await _index.UpsertAsync(new NamespaceRow(kind, id, parent, slug, slug, 0, false, default, false, 1));
    }

    private async Task<SeededToken> WriteTokenAsync(int id)
    {
        var project = _projectOf(id);
        var secret = TokenFormat.Issue(TokenPrefixes.Default, 0, id, _keys.TagKeys[0]);
        var revoked = Population.IsRevoked(id);
        var state = new DeployTokenState
        {
            Status = DeployTokenStatus.Issued,
            HolderKind = NamespaceKind.Project,
            HolderId = project + 1,
            Name = "seeded",
            Scopes = DeployTokenScopes.ReadRepository | DeployTokenScopes.ReadRegistry | DeployTokenScopes.WriteRegistry,
            Revocation = revoked ? new StoredRevocation { By = 1, Reason = "seeded" } : null,
            Secrets = [new StoredSecret { Digest = SecretDigest.Compute(_keys, DigestPurpose.DeployToken, secret).ToStorageText() }],
            Epoch = revoked ? 2 : 1,
        };
        await WriteAsync("deploy-token", IdKey(id), "token", state);
        var username = DefaultUsername.Of(new TokenId(id));
        await _index.UpsertAsync(new TokenRow(
            id, NamespaceKind.Project, project + 1, "seeded", username, (int)state.Scopes, default, null, revoked, false, state.Epoch));
        return new SeededToken(id, username, secret.Reveal(), _tree.PathOf(project));
    }

    private static string IdKey(long id) => GrainIdKeyExtensions.CreateIntegerKey(id).ToString();

    private Task WriteAsync<T>(string type, string key, string state, T value) =>
        _storage.WriteStateAsync(state, GrainId.Create(type, key), new GrainState<T>(value));
}
