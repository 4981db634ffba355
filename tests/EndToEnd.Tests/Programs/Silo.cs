using System.Net;

namespace OrleansTokens.EndToEnd.Tests.Programs;

/// <summary>The authority, as a user starts it.</summary>
internal sealed class Silo : IAsyncDisposable
{
    public const string OperatorToken = "end-to-end-operator-token";

    private static readonly HttpClient Http = new();

    private Silo(BackgroundProgram program, Uri address)
    {
        Program = program;
        Address = address;
    }

    public Uri Address { get; }

    public BackgroundProgram Program { get; }

    /// <summary>Starts the process and returns at once.</summary>
    public static Silo Start(string dataDirectory, params (string Name, string Value)[] settings)
    {
        var port = Loopback.FreePort();
        var environment = new Dictionary<string, string>
        {
            ["Grid__DataDirectory"] = dataDirectory,
            ["Grid__AdminToken"] = OperatorToken,

            // Short, since whatever takes rights away from many waits it out.
            ["Grid__Leases__Length"] = "00:00:00.5",
        };
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        var address = Loopback.Address(port);
        string[] arguments = [Repository.SiloAssembly, "--urls", address.GetLeftPart(UriPartial.Authority)];
        return new Silo(BackgroundProgram.Start("dotnet", arguments, environment), address);
    }

    /// <summary>Starts the process and waits until it is ready to serve.</summary>
    public static async Task<Silo> StartReadyAsync(string dataDirectory, params (string Name, string Value)[] settings)
    {
        var silo = Start(dataDirectory, settings);
        await silo.WaitUntilReadyAsync();
        return silo;
    }

    public Task WaitUntilReadyAsync() => Program.WaitUntilAsync(IsReadyAsync);

    public ValueTask DisposeAsync() => Program.DisposeAsync();

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var response = await Http.GetAsync(new Uri(Address, "/readyz"));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
