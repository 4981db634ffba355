using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Silo.Storage.Sqlite;

namespace OrleansTokens.Silo.Hosting;

/// <summary>Runs the process from start to end, and says in words what an operator must know of it.</summary>
internal static class GridProcess
{
    private const int CannotStart = 2;

    /// <summary>Runs until it is told to stop (Ctrl-C, SIGTERM); says the exit code.</summary>
    public static async Task<int> RunAsync(WebApplication app)
    {
        try
        {
            await app.StartAsync();
            Greet(app, await app.Services.GetRequiredService<FirstStart>().RunAsync(app.Lifetime.ApplicationStopping));
        }
        catch (Exception canceled) when (canceled is OperationCanceledException or OrleansLifecycleCanceledException
            && app.Lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Told to stop before it was up: nothing was promised to anyone yet.
            await app.DisposeAsync();
            return 0;
        }
        catch (Exception fault) when (Explain(fault) is { } faults)
        {
            if (!IsBeforeTheSilo(fault))
            {
                await app.StopAsync();
            }

            await app.DisposeAsync();
            return Refuse(faults);
        }

        await app.WaitForShutdownAsync();
        await app.DisposeAsync();
        return 0;
    }

    /// <summary>Says why it does not start; says the exit code.</summary>
    public static int Refuse(IReadOnlyList<string> faults)
    {
        Console.Error.WriteLine("OrleansTokens does not start:");
        foreach (var fault in faults)
        {
            Console.Error.WriteLine("  - " + fault);
        }

        return CannotStart;
    }

    /// <summary>What an operator can mend of a fault at start; null where it is a fault of the program.</summary>
    public static IReadOnlyList<string>? Explain(Exception fault) => fault switch
    {
        SqliteOpenException or MasterKeyFileException or TokenAuthorityException => [fault.Message],
        Microsoft.Extensions.Options.OptionsValidationException invalid => [.. invalid.Failures],
        IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException => [fault.Message],
        AggregateException { InnerExceptions.Count: 1 } one => Explain(one.InnerExceptions[0]),
        { InnerException: { } inner } => Explain(inner),
        _ => null,
    };

    /// <summary>Whether the silo never ran: Orleans refuses to stop one that did not.</summary>
    private static bool IsBeforeTheSilo(Exception fault) =>
        fault is SqliteOpenException || (fault.InnerException is { } inner && IsBeforeTheSilo(inner));

    private static void Greet(WebApplication app, Secret? made)
    {
        var settings = app.Services.GetRequiredService<GridSettings>();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var url = settings.ExternalUrl ?? addresses.FirstOrDefault() ?? "http://127.0.0.1:8080";
        Console.WriteLine($"OrleansTokens is ready at {string.Join(", ", addresses)}");
        Console.WriteLine($"  data      {settings.DataDirectory}");
        Console.WriteLine($"  try it    {url}/scalar");
        if (made is not null)
        {
            Console.WriteLine(FirstSteps(url, made.Reveal()));
        }
    }

    private static string FirstSteps(string url, string token) => $$"""

        This is the administrator's operator token. It is shown only now; keep it:

          {{token}}

        Next, for example:

          export TOKEN={{token}}
          curl -s -H "PRIVATE-TOKEN: $TOKEN" -d name=Acme -d path=acme {{url}}/api/v4/groups
          curl -s -H "PRIVATE-TOKEN: $TOKEN" -d name=App -d path=app -d namespace_id=1 {{url}}/api/v4/projects
          curl -s -H "PRIVATE-TOKEN: $TOKEN" -d name=ci -d scopes=read_repository,read_registry {{url}}/api/v4/projects/acme%2Fapp/deploy_tokens

        """;
}
