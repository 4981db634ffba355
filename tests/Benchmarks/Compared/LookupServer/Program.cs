using Npgsql;

namespace OrleansTokens.LookupServer;

/// <summary>
/// What a decision costs that asks the database each time: one prepared statement behind one endpoint, in a pool of connections.
/// <c>--Database</c> says where the database is, <c>--Seed</c> which file of tokens to put into it first.
/// </summary>
internal static class Program
{
    public static async Task Main(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders();
        await using var database = NpgsqlDataSource.Create(builder.Configuration["Database"]!);
        if (builder.Configuration["Seed"] is { } file)
        {
            await Seed.RunAsync(database, file);
        }

        var app = builder.Build();
        var lookup = new Lookup(database);
        app.MapGet("/readyz", static () => Results.Ok());
        app.MapGet("/forward-auth", lookup.AnswerAsync);
        await app.RunAsync();
    }

    public static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(Program).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }
}
