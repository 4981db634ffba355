namespace OrleansTokens.EndToEnd.Tests.Programs;

/// <summary>nginx with one of the configurations of <c>infra/proxies/nginx</c>, values replaced as its README says.</summary>
internal sealed class NginxSite : IAsyncDisposable
{
    private static readonly HttpClient Http = new();

    private readonly BackgroundProgram _program;

    private NginxSite(BackgroundProgram program, Uri address)
    {
        _program = program;
        Address = address;
    }

    public Uri Address { get; }

    /// <summary>Starts it on a free port.</summary>
    /// <param name="file">The name of the configuration.</param>
    /// <param name="listens">Where it listens as shipped.</param>
    /// <param name="directory">For what nginx writes.</param>
    /// <param name="values">Other values as shipped, and what they are here. Each must be there.</param>
    public static async Task<NginxSite> StartAsync(
        string file, string listens, TemporaryDirectory directory, params (string Shipped, string Here)[] values)
    {
        var address = Loopback.Address(Loopback.FreePort());
        var site = await File.ReadAllTextAsync(Repository.Infra("proxies", "nginx", file));
        foreach (var (shipped, here) in values.Append((listens, address.Authority)))
        {
            Assert.Contains(shipped, site, StringComparison.Ordinal);
            site = site.Replace(shipped, here, StringComparison.Ordinal);
        }

        var program = await RunAsync(file, site, address, directory);
        await program.WaitUntilAsync(() => Loopback.AnswersAsync(Http, address));
        return new NginxSite(program, address);
    }

    /// <summary>Runs nginx with the text of one site, which listens at the address.</summary>
    public static async Task<BackgroundProgram> RunAsync(string file, string site, Uri address, TemporaryDirectory directory)
    {
        var files = directory.Create($"nginx-{address.Port}");
        await File.WriteAllTextAsync(Path.Combine(files, file), site);
        var configuration = Path.Combine(files, "nginx.conf");
        await File.WriteAllTextAsync(configuration, $$"""
            daemon off;
            user root;
            worker_processes 1;
            pid {{files}}/pid;
            error_log stderr;
            events {}
            http {
                access_log off;
                client_body_temp_path {{files}}/client;
                proxy_temp_path {{files}}/proxy;
                fastcgi_temp_path {{files}}/fastcgi;
                uwsgi_temp_path {{files}}/uwsgi;
                scgi_temp_path {{files}}/scgi;
                include {{files}}/{{file}};
            }
            """);
        return BackgroundProgram.Start("nginx", ["-e", "stderr", "-c", configuration]);
    }

    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
