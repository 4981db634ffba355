using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Operation;

public sealed partial class ProcessTests(ITestOutputHelper output)
{
    private const int CannotStart = 2;
    private const string AnotherKey = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    private static readonly HttpClient Http = new();

    [Fact]
    public async Task FirstStart_WithoutConfiguration_PrintsTheOperatorTokenOnceAndWhereDataLies()
    {
        using var folder = new TemporaryDirectory();
        var started = Stopwatch.GetTimestamp();
        var (first, address) = await StartAsync(folder.Path);
        output.WriteLine($"Ready after {Stopwatch.GetElapsedTime(started).TotalSeconds:F2} s.");
        await using (first)
        {
            await first.WaitUntilAsync(() => Task.FromResult(OperatorToken().Count(first.Output) > 0));
            var token = OperatorToken().Match(first.Output).Value;
            Assert.Contains(folder["data"], first.Output, StringComparison.Ordinal);
            Assert.Contains("/api/v4/groups", first.Output, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, await AsOperatorAsync(address, token));
            Assert.Equal(0, await first.StopAsync());
            Assert.Single(OperatorToken().Matches(first.Output).DistinctBy(static m => m.Value));

            var (second, sameAddress) = await StartAsync(folder.Path);
            await using (second)
            {
                Assert.Equal(HttpStatusCode.OK, await AsOperatorAsync(sameAddress, token));
                Assert.Equal(0, await second.StopAsync());
                Assert.DoesNotMatch(OperatorToken(), second.Output);
            }
        }
    }

    [Theory]
    [InlineData(BackgroundProgram.Interrupt)]
    [InlineData(BackgroundProgram.Terminate)]
    public async Task Stop_WhenSignalled_EndsWithZeroAndKeepsData(int signal)
    {
        using var data = new TemporaryDirectory();
        IssuedToken token;
        await using (var silo = await Silo.StartReadyAsync(data.Path))
        {
            using var admin = new AdminApi(silo.Address);
            var project = await admin.CreateProjectAsync("app", await admin.CreateGroupAsync("acme"));
            token = await admin.IssueForProjectAsync(project, "read_registry");
            Assert.Equal(0, await silo.Program.StopAsync(signal));
        }

        await using var again = await Silo.StartReadyAsync(data.Path);
        using var api = new AdminApi(again.Address);
        using var answer = await api.Http.GetAsync(token.Path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Start_WhenTheDataDirectoryIsInUse_RefusesInWords()
    {
        using var data = new TemporaryDirectory();
        await using var silo = await Silo.StartReadyAsync(data.Path);
        await using var second = Silo.Start(data.Path);
        await RefusedAsync(second.Program, data.Path);
    }

    [Fact]
    public async Task Start_WhenTheAddressIsTaken_RefusesInWords()
    {
        using var data = new TemporaryDirectory();
        using var other = new TemporaryDirectory();
        await using var silo = await Silo.StartReadyAsync(data.Path);
        await using var second = Launch(other.Path, [], "--urls", silo.Address.GetLeftPart(UriPartial.Authority));
        await RefusedAsync(second, "address already in use");
    }

    [Fact]
    public async Task Start_WhenSettingsCannotBe_ReportsThoseOfFileEnvironmentAndCommandLineTogether()
    {
        using var folder = new TemporaryDirectory();
        await File.WriteAllTextAsync(folder["appsettings.json"], """{"Grid":{"Jwt":{"Algorithm":"none"}}}""");
        await using var silo = Launch(folder.Path, new() { ["Grid__AdminToken"] = "short" }, "--Grid:Tokens:Region=999");
        await RefusedAsync(silo, "Grid:Jwt:Algorithm", "Grid:AdminToken", "Grid:Tokens:Region");
    }

    [Fact]
    public async Task Start_WhenTheAdminTokenChanged_KillsTheOneBefore()
    {
        const string Later = "another-operator-token";
        using var data = new TemporaryDirectory();
        await using (await Silo.StartReadyAsync(data.Path))
        {
        }

        await using var silo = Silo.Start(data.Path, ("Grid__AdminToken", Later));
        await silo.Program.WaitUntilAsync(async () =>
        {
            if (!await Loopback.AnswersAsync(Http, new Uri(silo.Address, "/healthz")))
            {
                return false;
            }

            // It listens: not at any moment from here on is the token before good.
            Assert.NotEqual(HttpStatusCode.OK, await AsOperatorAsync(silo.Address, Silo.OperatorToken));
            return await AsOperatorAsync(silo.Address, Later) == HttpStatusCode.OK;
        });
        Assert.Equal(HttpStatusCode.Unauthorized, await AsOperatorAsync(silo.Address, Silo.OperatorToken));
    }

    [Fact]
    public async Task Start_WhenTheMasterKeyIsGoneOrAnother_RefusesRatherThanMakeANewOne()
    {
        using var data = new TemporaryDirectory();
        await using (await Silo.StartReadyAsync(data.Path))
        {
        }

        var key = await File.ReadAllTextAsync(data["master.key"]);
        File.Delete(data["master.key"]);
        await using (var silo = Silo.Start(data.Path))
        {
            await RefusedAsync(silo.Program, "master.key");
        }

        Assert.False(File.Exists(data["master.key"]));
        await using (var silo = Silo.Start(data.Path, ("Grid__MasterKeys__0", AnotherKey)))
        {
            await RefusedAsync(silo.Program, "master key");
        }

        await File.WriteAllTextAsync(data["master.key"], key);
        File.SetUnixFileMode(data["master.key"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await using (await Silo.StartReadyAsync(data.Path))
        {
        }
    }

    [Theory]
    [InlineData("Default", "Trace")]
    [InlineData("OrleansTokens", "Debug")] // That anything is set here is enough for the framework's own level to be in force.
    public async Task Secrets_WhateverIsDone_AreNeitherLoggedNorStored(string category, string level)
    {
        using var data = new TemporaryDirectory();
        await using var silo = await Silo.StartReadyAsync(data.Path, ("Logging__LogLevel__" + category, level));
        using var admin = new AdminApi(silo.Address);
        var project = await admin.CreateProjectAsync("app", await admin.CreateGroupAsync("acme"));
        var token = await admin.IssueForProjectAsync(project, "read_registry");
        using var signIn = new HttpRequestMessage(HttpMethod.Get, new Uri(silo.Address, "/jwt/auth?service=container_registry"));
        signIn.Headers.Add("Authorization", "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(token.Credentials)));
        using var signedIn = await Http.SendAsync(signIn);
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        using var inAddress = await Http.GetAsync(new Uri(silo.Address, $"/api/v4/user?private_token={Silo.OperatorToken}"));
        Assert.Equal(HttpStatusCode.OK, inAddress.StatusCode);
        foreach (var unreadable in new[]
        {
            $"GET /api/v4/projects?search=caf\u00e9&private_token={Silo.OperatorToken} HTTP/1.1\r\nHost: x\r\n\r\n",
            $"GET /api/v4/user HTTP/1.1\r\nHost: x\r\nPRIVATE-TOKEN : {Silo.OperatorToken}\r\n\r\n",
        })
        {
            Assert.Equal(400, await RawStatusAsync(silo.Address, unreadable));
        }

        await admin.RevokeAsync(token);
        Assert.Equal(0, await silo.Program.StopAsync());

        string[] secrets = [token.Secret, Silo.OperatorToken];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, silo.Program.Output, StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(data.Path))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            Assert.All(secrets, secret => Assert.True(bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(secret)) < 0, file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    private static async Task<int> RawStatusAsync(Uri address, string request)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await client.GetStream().WriteAsync(System.Text.Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(client.GetStream());
        return int.Parse((await reader.ReadLineAsync())!.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task RefusedAsync(BackgroundProgram program, params string[] words)
    {
        Assert.Equal(CannotStart, await program.WaitForExitAsync());
        Assert.All(words, word => Assert.Contains(word, program.Output, StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("   at ", program.Output, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> AsOperatorAsync(Uri address, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address, "/api/v4/user"));
        request.Headers.Add("PRIVATE-TOKEN", token);
        using var answer = await Http.SendAsync(request);
        return answer.StatusCode;
    }

    private static async Task<(BackgroundProgram Program, Uri Address)> StartAsync(string folder)
    {
        var address = Loopback.Address(Loopback.FreePort());
        var program = Launch(folder, [], "--urls", address.GetLeftPart(UriPartial.Authority));
        await program.WaitUntilAsync(async () =>
        {
            try
            {
                using var ready = await Http.GetAsync(new Uri(address, "/readyz"));
                return ready.StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return (program, address);
    }

    /// <summary>Starts the process as a user does who is in this folder.</summary>
    private static BackgroundProgram Launch(string folder, Dictionary<string, string> environment, params string[] arguments) =>
        BackgroundProgram.Start("dotnet", [Repository.SiloAssembly, .. arguments], environment, folder);

    [GeneratedRegex("glpat-[0-9A-Za-z_-]{20,}")]
    private static partial Regex OperatorToken();
}
