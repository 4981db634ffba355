using Microsoft.AspNetCore.Http.Features;
using OrleansTokens.Silo.Http.ForwardAuth.Packages;

namespace OrleansTokens.Silo.Http.ForwardAuth;

/// <summary>Puts the endpoint for proxies into the application.</summary>
internal static class ForwardAuthRoutes
{
    /// <summary>The path of the endpoint. Some proxies append the path of the original request.</summary>
    public const string Path = "/forward-auth";

    /// <summary>
    /// Serves the endpoint. To be called before anything else that answers requests: a target that only begins like the endpoint
    /// (<c>/forward-auth/../healthz</c>, made by a proxy that appends what a client asked for) must reach nothing else, since
    /// whatever answers 200 there would let the client in.
    /// </summary>
    public static void MapForwardAuth(this WebApplication app)
    {
        var handler = new ForwardAuthHandler(Surfaces(app.Services), app.Services.GetRequiredService<ILogger<ForwardAuthHandler>>());

        // Before the routes: this one is asked for far more often than all others, and nothing is to be found out about it.
        app.Use((context, next) => context.Request.Path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase)
            ? handler.HandleAsync(context, EndpointOf(context.Request.PathBase))
            : LeadsAway(context)
                ? ForwardAuthHandler.WriteAsync(context.Response, ForwardAuthAnswer.To(Refusal.UriAmbiguous))
                : next(context));
        app.UseRouting();
    }

    private static string EndpointOf(PathString pathBase) => pathBase.HasValue ? pathBase + Path : Path;

    /// <summary>What can be asked about. The last owns what no other does.</summary>
    private static IReadOnlyList<IForwardedSurface> Surfaces(IServiceProvider services) =>
    [
        ActivatorUtilities.CreateInstance<PackageSurface>(services),
        ActivatorUtilities.CreateInstance<ImageSurface>(services),
        ActivatorUtilities.CreateInstance<GitSurface>(services),
    ];

    /// <summary>Whether the path as received begins with the endpoint's, of one that does not after the server resolved dot segments.</summary>
    private static bool LeadsAway(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return target.StartsWith(EndpointOf(context.Request.PathBase), StringComparison.OrdinalIgnoreCase);
    }
}
