using Microsoft.AspNetCore.HttpOverrides;
using OrleansTokens.Settings;

namespace OrleansTokens.Silo.Http.Abuse;

/// <summary>Puts what holds off attackers into the application.</summary>
internal static class AbuseExtensions
{
    /// <summary>Adds the guard of attempts. <c>AddDeployTokens</c> of the client must be registered, and the time.</summary>
    public static IServiceCollection AddAttemptGuard(this IServiceCollection services) => services
        .AddSingleton<EdgeSettings>()
        .AddSingleton(static s => new SourceBans(s.GetRequiredService<TimeProvider>()))
        .AddSingleton<AttemptGuard>();

    /// <summary>
    /// Takes the client's address from what trusted proxies report in <c>X-Forwarded-For</c>: the last one that is not itself a trusted
    /// proxy's. From everybody else the header is not believed. Where that one cannot be read, the request has no source. Goes first.
    /// Nothing else that proxies report is taken from them.
    /// </summary>
    public static void UseTrustedProxies(this IApplicationBuilder app, IReadOnlyList<AddressRange> trusted)
    {
        if (trusted.Count == 0)
        {
            return; // The middleware believes everybody where it knows nobody.
        }

        var unreadable = new UnreadableSources(app.ApplicationServices.GetRequiredService<ILogger<UnreadableSources>>());
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var range in trusted)
        {
            options.KnownIPNetworks.Add(new System.Net.IPNetwork(range.Address!, range.PrefixLength));
        }

        app.UseForwardedHeaders(options);
        app.Use((context, next) =>
        {
            if (IsUnreadable(context, trusted))
            {
                context.Connection.RemoteIpAddress = null;
                unreadable.Report();
            }

            return next(context);
        });
    }

    /// <summary>
    /// Whether a trusted proxy reports somebody whose address cannot be read: it has come as far as a proxy, and there is more. Were that
    /// proxy taken for the source, one client could have all others banned that come through it.
    /// </summary>
    private static bool IsUnreadable(HttpContext context, IReadOnlyList<AddressRange> trusted) =>
        context.Connection.RemoteIpAddress is { } source
        && trusted.Any(range => range.Contains(source))
        && context.Request.Headers.GetCommaSeparatedValues(ForwardedHeadersDefaults.XForwardedForHeaderName).Length > 0;
}
