namespace OrleansTokens.Silo.Hosting;

/// <summary>
/// Serves nobody before the first start is complete: until then an operator token that this very start revokes would still be good.
/// </summary>
internal static class StartGate
{
    public static void UseStartGate(this WebApplication app)
    {
        var firstStart = app.Services.GetRequiredService<FirstStart>();
        app.Use((context, next) => firstStart.Completed || Health.IsHealthPath(context.Request.Path) ? next(context) : RefuseAsync(context));
    }

    private static Task RefuseAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = "1";
        return context.Response.WriteAsync("The authority is starting.\n", context.RequestAborted);
    }
}
