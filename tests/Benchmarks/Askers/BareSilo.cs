using System.Globalization;
using Orleans.Concurrency;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Benchmarks;

/// <summary>Takes and gives what a token's grain does, and does nothing.</summary>
[Alias("benchmark.IEchoGrain")]
public interface IEchoGrain : IGrainWithIntegerKey
{
    /// <summary>Says that everything is allowed.</summary>
    [AlwaysInterleave, Alias("Echo")]
    Task<ValidationAnswer> EchoAsync(ValidationRequest request);
}

/// <summary>The echo.</summary>
internal sealed class EchoGrain : Grain, IEchoGrain
{
    private readonly Task<ValidationAnswer> _answer;

    public EchoGrain()
    {
        var id = this.GetPrimaryKeyLong();
        var project = (id % Tree.Projects) + 1;
        var principal = new Principal(
            new TokenId(id), new NamespaceId(NamespaceKind.Project, project), DefaultUsername.Of(new TokenId(id)),
            DeployTokenScopes.ReadRepository);
        var located = new LocatedProject(
            new ProjectId(project), new GroupId(1), string.Create(CultureInfo.InvariantCulture, $"top{project / 100}/sub{project / 10}/app{project}"));
        _answer = Task.FromResult(new ValidationAnswer([new Decision(true, DenyReason.None, principal, located)]));
    }

    public Task<ValidationAnswer> EchoAsync(ValidationRequest request) => _answer;
}

/// <summary>A silo with nothing in it but the echo.</summary>
internal static class BareSilo
{
    public const string Verb = "bare-silo";
    public const string ClusterName = "benchmark";

    public static async Task<int> RunAsync(string url, int gatewayPort)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls(url);
        builder.Logging.ClearProviders();
        builder.Host.UseOrleans(silo =>
            silo.UseLocalhostClustering(Server.FreePort(), gatewayPort, serviceId: ClusterName, clusterId: ClusterName));
        var app = builder.Build();
        app.MapGet("/readyz", static () => TypedResults.Ok());
        await app.RunAsync();
        return 0;
    }
}
