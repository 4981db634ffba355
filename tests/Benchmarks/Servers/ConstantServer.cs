namespace OrleansTokens.Benchmarks;

/// <summary>What the web server alone comes to: it answers everything with 200 and nothing else.</summary>
internal static class ConstantServer
{
    public const string Verb = "constant";

    public static async Task<int> RunAsync(string url)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false).UseUrls(url);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Map("/{**any}", static () => TypedResults.Ok());
        await app.RunAsync();
        return 0;
    }
}
