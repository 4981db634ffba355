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
    /// proxy's. From everybody else the header is not believed. Goes first. Nothing else that proxies report is taken from them.
    /// </summary>
    public static void UseTrustedProxies(this IApplicationBuilder app, IReadOnlyList<AddressRange> trusted)
    {
        if (trusted.Count == 0)
        {
            return; // The middleware believes everybody where it knows nobody.
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var range in trusted)
        {
            options.KnownIPNetworks.Add(new System.Net.IPNetwork(range.Address!, range.PrefixLength));
        }

        app.UseForwardedHeaders(options);
    }
}
