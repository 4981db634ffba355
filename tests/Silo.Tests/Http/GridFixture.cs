using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansTokens.Client;
using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;
using OrleansTokens.Silo.Hosting;
using OrleansTokens.Silo.Http;
using OrleansTokens.Silo.Http.DockerToken;
using OrleansTokens.Silo.Http.ForwardAuth;

namespace OrleansTokens.Silo.Tests.Http;

/// <summary>A whole grid in this process, with the surfaces under test on a loopback port.</summary>
public sealed class GridFixture : IAsyncLifetime
{
    /// <summary>Short, since whatever takes rights away from many waits it out.</summary>
    public const string LeaseLength = "00:00:00.2";

    private static readonly OperatorId Operator = new(1);

    private readonly string _directory = Directory.CreateTempSubdirectory("orleans-tokens-").FullName;
    private WebApplication? _app;

    /// <summary>Where it listens.</summary>
    public Uri Server => new(App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Changes what the grid knows.</summary>
    public DeployTokenAdministration Administration => App.Services.GetRequiredService<DeployTokenAdministration>();

    private WebApplication App => _app ?? throw new InvalidOperationException("Not started.");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { ApplicationName = typeof(GridSettings).Assembly.GetName().Name });
        builder.Configuration.AddInMemoryCollection(
            [new("Grid:DataDirectory", _directory), new("Grid:Leases:Length", LeaseLength)]);
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        Assert.True(GridSettings.TryRead(builder.Configuration, out var settings, out _));
        builder.AddGrid(settings);
        builder.Services.AddHealth();
        builder.Services.AddSingleton(new PublicAddress(settings.ExternalUrl));
        _app = builder.Build();
        _app.MapForwardAuth();
        _app.MapDockerToken();
        _app.MapRegistryKeys();
        _app.MapHealth();
        await _app.StartAsync();
        await _app.Services.GetRequiredService<FirstStart>().RunAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Makes a group at the top.</summary>
    public async Task<GroupId> GroupAsync(string path, Visibility visibility = Visibility.Private)
    {
        var view = await Administration.CreateGroupAsync(new CreateNamespace(default, Slug.Parse(path), path, "", visibility, Operator));
        return view.Id.AsGroup;
    }

    /// <summary>Makes a group in another.</summary>
    public async Task<GroupId> SubgroupAsync(GroupId parent, string path)
    {
        var view = await Administration.CreateGroupAsync(new CreateNamespace(parent, Slug.Parse(path), path, "", Visibility.Private, Operator));
        return view.Id.AsGroup;
    }

    /// <summary>A group at the top that the cases of one theory share.</summary>
    public async Task<GroupId> EnsureGroupAsync(string path)
    {
        Assert.True(NamespacePath.TryParse(path, out var at));
        var known = await Administration.ResolveAsync(at);
        return known.Target.IsNone ? await GroupAsync(path) : known.Target.AsGroup;
    }

    /// <summary>Makes a project.</summary>
    public async Task<ProjectId> ProjectAsync(GroupId group, string path, Visibility visibility = Visibility.Private)
    {
        var view = await Administration.CreateProjectAsync(new CreateNamespace(group, Slug.Parse(path), path, "", visibility, Operator));
        return view.Id.AsProject;
    }

    /// <summary>Issues a token.</summary>
    public Task<IssuedDeployToken> TokenAsync(
        NamespaceId holder, DeployTokenScopes scopes, string? username = null, DateTimeOffset? expiresAt = null) =>
        Administration.IssueTokenAsync(new IssueDeployToken(holder, "t", username, scopes, expiresAt, Operator));

    /// <summary>Revokes a token.</summary>
    public Task RevokeAsync(IssuedDeployToken issued) => Administration.RevokeTokenAsync(issued.Token.Id, Operator, "");
}
