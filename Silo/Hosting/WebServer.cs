using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OrleansTokens.Silo.Hosting;

/// <summary>How the web server listens and what the process logs, where nothing else is configured.</summary>
internal static class WebServer
{
    private const string DefaultAddress = "http://127.0.0.1:8080";

    /// <summary>
    /// Settings are read at start only. Watching for changes of their files would mean to watch all below the working directory, the
    /// database that is written all the time included.
    /// </summary>
    public static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder([.. args, "--hostBuilder:reloadConfigOnChange=false"]);

    /// <summary>Listens on loopback unless an address is configured in any of ASP.NET Core's ways.</summary>
    public static void UseDefaultAddress(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        var configured = builder.Configuration["urls"] is not null
            || builder.Configuration["http_ports"] is not null
            || builder.Configuration["https_ports"] is not null
            || builder.Configuration.GetSection("Kestrel:Endpoints").Exists();
        if (!configured)
        {
            builder.WebHost.UseUrls(DefaultAddress);
        }
    }

    /// <summary>
    /// Bounds what clients can hold: connections, and the time in which they send nothing, or next to nothing. Nothing here upgrades a
    /// connection. Bodies have their own bounds, in <c>HttpLimits</c>.
    /// </summary>
    public static void LimitConnections(this WebApplicationBuilder builder, int maxConnections) =>
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            var limits = kestrel.Limits;
            limits.MaxConcurrentConnections = maxConnections;
            limits.MaxConcurrentUpgradedConnections = 0;
            limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
            limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 1024, gracePeriod: TimeSpan.FromSeconds(5));
            // Longer than proxies keep an idle connection, so that they close it, and not under a request.
            limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        });

    /// <summary>
    /// Warnings of the frameworks, information of our own; <c>Logging:LogLevel</c> overrides. Queries are not logged unless their categories are
    /// asked for by name: clients put secrets into addresses (<c>?private_token=</c>).
    /// </summary>
    public static void AddQuietLogging(this WebApplicationBuilder builder)
    {
        builder.Logging.AddSimpleConsole(static console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        // Whatever else is asked for: these write down addresses with their queries.
        // Without the gravest level no activity is made for each request that nobody listens to; what it is for, a start that fails, is thrown.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", static level => level is LogLevel.Warning or LogLevel.Error);
        builder.Logging.AddFilter("Microsoft.AspNetCore.HttpLogging", LogLevel.None);
        // And this one, requests that cannot be read, line by line.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel.BadRequests", LogLevel.Information);
        if (!builder.Configuration.GetSection("Logging:LogLevel").Exists())
        {
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.Logging.AddFilter("OrleansTokens", LogLevel.Information);
            builder.Logging.AddFilter("OrleansTokens.Grains.Leases.LeaseService", LogLevel.Warning); // Orleans logs under its name.
            builder.Logging.AddFilter("Orleans.Runtime.Silo", LogLevel.None); // What stops a start is said in words at the end.
            builder.Logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error); // Its first check counts from the machine's start.
            builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None); // The answer says it.
            builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None); // So is this.
        }
    }
}
