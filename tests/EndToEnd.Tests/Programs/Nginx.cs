namespace OrleansTokens.EndToEnd.Tests.Programs;

/// <summary>nginx with one file of <c>infra/proxies/nginx</c>, values filled in as its README says.</summary>
internal static class Nginx
{
    /// <summary>Starts nginx. It reads no environment, so the values of the file are replaced; each must be there.</summary>
    public static async Task<BackgroundProgram> StartAsync(
        Uri address, TemporaryDirectory directory, string site, params (string Value, string Replacement)[] values)
    {
        foreach (var (value, replacement) in values)
        {
            Assert.Contains(value, site, StringComparison.Ordinal);
            site = site.Replace(value, replacement, StringComparison.Ordinal);
        }

        var files = directory.Create($"nginx-{address.Port}");
        await File.WriteAllTextAsync(Path.Combine(files, "site.conf"), site);
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
                include {{files}}/site.conf;
            }
            """);
        return BackgroundProgram.Start("nginx", ["-e", "stderr", "-c", configuration]);
    }
}
