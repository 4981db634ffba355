using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using OrleansTokens.DeployTokens;
using OrleansTokens.Installation;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests;

/// <summary>A grid of one token, which counts what it is asked and can be made to refuse, to fail or to stay silent.</summary>
internal sealed class CountingGrid : IInstallationGrain, IDeployTokenGrain, IAnonymousValidationGrain, INamespaceDirectoryGrain
{
    private int _tokenCalls;
    private readonly List<byte[]> _keys = [RandomNumberGenerator.GetBytes(32)];

    public int KeyCalls { get; private set; }

    public int TokenCalls => Volatile.Read(ref _tokenCalls);

    public int OtherCalls { get; private set; }

    /// <summary>How many references to lessees were made.</summary>
    public int References { get; set; }

    public Exception? Fault { get; set; }

    public bool Silent { get; set; }

    /// <summary>What it decides; allowed, by default.</summary>
    public Func<Question, Decision> Decide { get; set; } = static _ => new Decision(true, DenyReason.None, Somebody, null);

    /// <summary>What it makes of its decisions on the way.</summary>
    public Func<ImmutableArray<Decision>, ImmutableArray<Decision>> Decisions { get; set; } = static decisions => decisions;

    /// <summary>For how long what it decides may be used; not at all, by default.</summary>
    public TimeSpan UsableFor { get; set; }

    /// <summary>The epoch of its token.</summary>
    public long Epoch { get; set; } = 1;

    /// <summary>What its next answers wait for, once they are made.</summary>
    public Func<Task> Delay { get; set; } = static () => Task.CompletedTask;

    /// <summary>The last thing that the token's grain was asked.</summary>
    public ValidationRequest? LastRequest { get; private set; }

    /// <summary>Whom its token stands for.</summary>
    public static Principal Somebody { get; } = new(
        new TokenId(7), new GroupId(17).AsNamespace, "ci", DeployTokenScopes.ReadRegistry | DeployTokenScopes.ReadPackageRegistry);

    public IGrainFactory Factory => GrainFactoryProxy.Over(this);

    public Secret Issue(long id = 7) => Issue(_keys[0], id);

    public static Secret Issue(byte[] key, long id = 7) => TokenFormat.Issue(TokenPrefixes.Default, region: 0, id, new TagKey(key));

    /// <summary>From now on tags are made under a new key; the old one goes on being accepted.</summary>
    public void AddKey() => _keys.Insert(0, RandomNumberGenerator.GetBytes(32));

    public Task ConfirmMasterKeyAsync() => Task.CompletedTask;

    /// <inheritdoc/>
    public Task<Secret?> EnsureAdministratorAsync(Secret? given) => throw new InvalidOperationException("Not for clients.");

    public Task<GatewayKeys> GetGatewayKeysAsync()
    {
        KeyCalls++;
        return AnswerAsync(new GatewayKeys([.. _keys.Select(static k => ImmutableArray.Create(k))], [TokenPrefixes.DefaultPrefix]));
    }

    public async Task<ValidationAnswer> ValidateAsync(ValidationRequest request)
    {
        LastRequest = request;
        Interlocked.Increment(ref _tokenCalls);
        var answer = await AnswerAsync(
            new ValidationAnswer(Decisions([.. request.Questions.Select(Decide)])) { UsableFor = UsableFor, Epoch = Epoch });
        await Delay();
        return answer;
    }

    public async Task<ValidationAnswer> ValidateAsync(Question question, bool renewal)
    {
        OtherCalls++;
        var answer = await AnswerAsync(new ValidationAnswer([Decide(question)]) { UsableFor = UsableFor });
        await Delay();
        return answer;
    }

    public ValueTask<ResolvedPath> ResolveAsync(NamespacePath path)
    {
        OtherCalls++;
        return new ValueTask<ResolvedPath>(AnswerAsync(default(ResolvedPath)));
    }

    public Task<NamespaceView> CreateGroupAsync(CreateNamespace request) => RefuseAsync();

    public Task<NamespaceView> CreateProjectAsync(CreateNamespace request) => RefuseAsync();

    public Task<NamespaceView> TransferAsync(NamespaceId node, GroupId parent, Operators.OperatorId by) => RefuseAsync();

    public Task<NamespacePage> ListAsync(ListNamespaces query) => AnswerAsync(new NamespacePage([], 0));

    private Task<NamespaceView> RefuseAsync()
    {
        OtherCalls++;
        return Task.FromException<NamespaceView>(Fault ?? new Errors.TokenAuthorityException(ErrorCode.PathTaken, "has already been taken", "path"));
    }

    private Task<T> AnswerAsync<T>(T answer) => Silent ? new TaskCompletionSource<T>().Task
        : Fault is { } fault ? Task.FromException<T>(fault)
        : Task.FromResult(answer);
}

/// <summary>A grid of many tokens.</summary>
internal interface IManyTokens
{
    IDeployTokenGrain Token(long id);
}

/// <summary>A grid that answers any call of any grain in one place.</summary>
internal interface IAnyGrain
{
    object Answer(MethodInfo asked);
}

/// <summary>A grain of such a grid.</summary>
public class AnyGrainProxy : DispatchProxy
{
    private IAnyGrain? _grid;

    internal static object Of(Type grain, IAnyGrain grid)
    {
        var proxy = Create(grain, typeof(AnyGrainProxy));
        ((AnyGrainProxy)proxy)._grid = grid;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => _grid!.Answer(targetMethod!);
}

/// <summary>Hands out one object for every grain it implements.</summary>
public class GrainFactoryProxy : DispatchProxy
{
    private object? _grid;

    public static IGrainFactory Over(object grid)
    {
        var factory = Create<IGrainFactory, GrainFactoryProxy>();
        ((GrainFactoryProxy)(object)factory)._grid = grid;
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod is { IsGenericMethod: true, Name: var name }
        ? name switch
        {
            nameof(IGrainFactory.CreateObjectReference) => Refer(args![0]),
            nameof(IGrainFactory.GetGrain) when _grid is IAnyGrain any => AnyGrainProxy.Of(targetMethod.GetGenericArguments()[0], any),
            nameof(IGrainFactory.GetGrain) when (_grid, args![0]) is (IManyTokens many, long id)
                && targetMethod.GetGenericArguments()[0] == typeof(IDeployTokenGrain) => many.Token(id),
            nameof(IGrainFactory.GetGrain) when targetMethod.GetGenericArguments()[0].IsInstanceOfType(_grid) => _grid,
            _ => throw new OrleansException("There is no silo."),
        }
        : throw new OrleansException("There is no silo.");

    /// <summary>An object is a reference to itself here.</summary>
    private object? Refer(object? lessee)
    {
        if (_grid is CountingGrid grid)
        {
            grid.References++;
        }

        return lessee;
    }
}
