using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using OrleansTokens.Client.AspNetCore;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;

namespace OrleansTokens.Client.Tests.AspNetCore;

/// <summary>A site that lets deploy tokens in, over a grid that decides as a test likes.</summary>
internal sealed class Site : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Site(WebApplication app, CountingGrid grid)
    {
        _app = app;
        Grid = grid;
        Http = app.GetTestClient();
    }

    public CountingGrid Grid { get; }

    public HttpClient Http { get; }

    public static async Task<Site> StartAsync(Action<DeployTokenAuthenticationOptions>? configure = null)
    {
        var grid = new CountingGrid();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(grid.Factory);
        builder.Services.AddAuthentication().AddDeployToken(configure);
        builder.Services.AddAuthorization();
        var app = builder.Build();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/open", static () => "open");
        app.MapGet("/claims", static (ClaimsPrincipal user) => string.Join('\n', user.Claims.Select(static c => $"{c.Type}={c.Value}")))
            .RequireAuthorization();
        app.MapGet("/registry", static () => "registry").RequireDeployTokenScope("read_registry", "write_registry");
        app.MapGet("/repository", static () => "repository").RequireDeployTokenScope("read_repository");
        app.MapGet("/packages/{project:long}", static () => "packages").RequireDeployToken(RegistryAction.ReadPackage, ProjectOf);
        app.MapGet("/imperative/{project:long}", AskInCodeAsync).RequireAuthorization();
        await app.StartAsync();
        return new Site(app, grid);
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        }

        return Http.SendAsync(request);
    }

    public Task<HttpResponseMessage> GetWithTokenAsync(string path) => GetAsync(path, Basic("ci", Grid.Issue().Reveal()));

    public static (string Name, string Value) Basic(string username, string password) => (
        "Authorization",
        new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"))).ToString());

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
    }

    private static Resource ProjectOf(HttpContext context) =>
        Resource.Of(new ProjectId(long.Parse((string)context.GetRouteValue("project")!, System.Globalization.CultureInfo.InvariantCulture)));

    private static async Task<IResult> AskInCodeAsync(long project, ClaimsPrincipal user, IAuthorizationService authorization)
    {
        var requirement = new DeployTokenRequirement(RegistryAction.WritePackage);
        var answer = await authorization.AuthorizeAsync(user, Resource.Of(new ProjectId(project)), requirement);
        return answer.Succeeded ? Results.Text("written") : Results.Forbid(authenticationSchemes: [DeployTokenDefaults.AuthenticationScheme]);
    }
}
