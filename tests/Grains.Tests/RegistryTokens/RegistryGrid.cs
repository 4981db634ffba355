using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Storage;
using Orleans.TestingHost;
using OrleansTokens.DeployTokens;
using OrleansTokens.Grains.DeployTokens;
using OrleansTokens.Grains.Index;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Grains.RegistryTokens;
using OrleansTokens.Grains.Storage;
using OrleansTokens.Grains.Tests.Fixture;
using OrleansTokens.Grains.Validation;
using OrleansTokens.Leases;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.RegistryTokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Tests.RegistryTokens;

/// <summary>What outlives a silo.</summary>
internal sealed class KeptState
{
    private const string SigningKeys = "signing-keys";

    public KeptState() => Storage = new MemoryStorage(Faults);

    public Faults Faults { get; } = new();

    public MemoryStorage Storage { get; }

    /// <summary>The stored record of the signing keys; null where there is none.</summary>
    public string? SigningKeyRecord => Storage.Payload(GrainId.Create(GrainType.Create(SigningKeys), GrainIdKeyExtensions.CreateIntegerKey(0)));

    /// <summary>How often signing keys were written since faults were last set.</summary>
    public int SigningKeyWrites => Faults.Steps.Count(IsSigningKeyWrite);

    public void FailSigningKeyWrites(FaultMode mode) => Faults.FailAll(IsSigningKeyWrite, mode);

    private static bool IsSigningKeyWrite(GridStep step) => step is { Kind: StepKind.WriteState, GrainType: SigningKeys };
}

/// <summary>A silo with the grains of the product, a clock of its own, and storage that can be given to the next one.</summary>
internal sealed class RegistryGrid : IAsyncDisposable
{
    public static readonly OperatorId Operator = new(1);

    private readonly InProcessTestCluster _cluster;

    private RegistryGrid(InProcessTestCluster cluster, KeptState kept, FakeTimeProvider time, CallFilter calls)
    {
        _cluster = cluster;
        Kept = kept;
        Time = time;
        Calls = calls;
    }

    public KeptState Kept { get; }

    public FakeTimeProvider Time { get; }

    public CallFilter Calls { get; }

    public IGrainFactory Grains => _cluster.Client;

    public ISigningKeyGrain SigningKeys => Grains.GetGrain<ISigningKeyGrain>(0);

    public static MasterKeyRing Ring(params byte[] seeds) =>
        MasterKeyRing.Of(seeds.Select(static seed => new MasterKey([.. Enumerable.Range(seed, MasterKey.Length).Select(static i => (byte)i)])));

    public static async Task<RegistryGrid> StartAsync(
        KeptState? kept = null,
        MasterKeyRing? masterKeys = null,
        RegistryTokenOptions? options = null,
        FakeTimeProvider? time = null,
        SwitchedOff off = SwitchedOff.Nothing)
    {
        time ??= new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero));
        kept ??= new KeptState();
        var calls = new CallFilter();
        var builder = new InProcessTestClusterBuilder(1);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddSingleton<TimeProvider>(time);
            silo.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
            silo.Services.AddSingleton<IGrainStorage>(kept.Storage);
            silo.Services.AddSingleton<IGridIndex>(new MemoryIndex(kept.Faults));
            silo.Services.AddDeployTokenGrains(
                masterKeys ?? Ring(0),
                new DeployTokenOptions(),
                options ?? new RegistryTokenOptions(),
                new ValidationOptions { SwitchedOff = off },
                new LeaseOptions { Length = TimeSpan.Zero });
            silo.Services.AddSingleton<IRecordVersions>(kept.Storage);
            silo.Services.AddSingleton(LeaseClock.System);
            silo.AddIncomingGrainCallFilter(calls);
        });
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new RegistryGrid(cluster, kept, time, calls);
    }

    public Task<RegistryTokenAnswer> IssueAsync(Credential? credential, params RepositoryScope[] scopes) =>
        Grains.GetGrain<IRegistryTokenGrain>(0).IssueAsync(new RegistryTokenRequest(credential, [.. scopes]));

    /// <summary>What is decided about a JWT and what it is used for, each scope written as <c>acme/api:pull,push</c>.</summary>
    public Task<Decision> UseAsync(string? jwt, params string[] scopes) => Grains.GetGrain<IRegistryTokenGrain>(0).ValidateAsync(
        new RegistryTokenUse(jwt ?? "", [.. scopes.Select(static s => new RepositoryScope(s.Split(':')[0], [.. s.Split(':')[1].Split(',')]))]));

    public async Task<GroupId> CreateGroupAsync(string slug, Visibility visibility = Visibility.Private, GroupId parent = default) =>
        (await Namespaces.CreateGroupAsync(New(parent, slug, visibility))).Id.AsGroup;

    public async Task<ProjectId> CreateProjectAsync(GroupId group, string slug, Visibility visibility = Visibility.Private) =>
        (await Namespaces.CreateProjectAsync(New(group, slug, visibility))).Id.AsProject;

    public Task<IssuedDeployToken> IssueTokenAsync(NamespaceId holder, DeployTokenScopes scopes, DateTimeOffset? expiresAt = null) =>
        Grains.GetGrain<IDeployTokenDirectoryGrain>(0)
            .IssueAsync(new IssueDeployToken(holder, "ci", null, scopes, expiresAt, Operator));

    public Task RevokeAsync(IssuedDeployToken issued) =>
        Grains.GetGrain<IDeployTokenAdministrationGrain>(issued.Token.Id.Value).RevokeAsync(Operator, "");

    /// <summary>Reads a JWT, and sees to it that a key published now has signed it.</summary>
    public async Task<JwtReader> ReadAsync(RegistryTokenAnswer answer)
    {
        Assert.NotNull(answer.Token);
        var keys = await SigningKeys.GetPublishedAsync();
        var key = Assert.Single(keys, k => k.KeyId == KeyIdOf(answer));
        return JwtReader.Read(answer.Token, key.Certificate.AsSpan());
    }

    public static string KeyIdOf(RegistryTokenAnswer answer)
    {
        var header = System.Buffers.Text.Base64Url.DecodeFromChars(answer.Token!.Split('.')[0]);
        return System.Text.Json.JsonDocument.Parse(header).RootElement.GetProperty("kid").GetString()!;
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    private INamespaceDirectoryGrain Namespaces => Grains.GetGrain<INamespaceDirectoryGrain>(0);

    private static CreateNamespace New(GroupId parent, string slug, Visibility visibility) =>
        new(parent, Slug.Parse(slug), slug, "", visibility, Operator);

    /// <summary>Counts the silo's readings of the signing keys, and refuses them on request.</summary>
    internal sealed class CallFilter : IIncomingGrainCallFilter
    {
        private int _readings;

        public bool RefuseReadings { get; set; }

        public int Readings => Volatile.Read(ref _readings);

        public async Task Invoke(IIncomingGrainCallContext context)
        {
            if (context.InterfaceMethod.Name == nameof(ISealedSigningKeyGrain.GetForSigningAsync))
            {
                Interlocked.Increment(ref _readings);
                if (RefuseReadings)
                {
                    throw new TimeoutException("Cut off.");
                }
            }

            await context.Invoke();
        }
    }
}
