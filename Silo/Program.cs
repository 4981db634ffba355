using OrleansTokens.Silo.Hosting;
using OrleansTokens.Silo.Http.Abuse;
using OrleansTokens.Silo.Http.ApiReference;
using OrleansTokens.Silo.Http.DockerToken;
using OrleansTokens.Silo.Http.ForwardAuth;
using OrleansTokens.Silo.Http.GitLabApi;
using OrleansTokens.Silo.Http.LeakReports;
using OrleansTokens.Silo.Http.OAuth;

var builder = WebServer.CreateBuilder(args);
if (!GridSettings.TryRead(builder.Configuration, out var settings, out var faults))
{
    return GridProcess.Refuse(faults);
}

builder.UseDefaultAddress();
builder.LimitConnections(settings.MaxConnections);
builder.AddQuietLogging();
try
{
    builder.AddGrid(settings);
}
catch (Exception fault) when (GridProcess.Explain(fault) is { } explained)
{
    return GridProcess.Refuse(explained);
}

builder.Services.AddHealth();
builder.Services.AddGitLabApi(settings.ExternalUrl);
builder.Services.AddApiReference();
builder.Services.AddOAuth(settings.OAuth);
builder.Services.AddLeakReports(settings.LeakReports);

var app = builder.Build();
app.UseTrustedProxies(settings.TrustedProxies);
app.UseStartGate();
app.MapForwardAuth();
app.UseGitLabApiErrors();
app.MapHealth();
app.MapDockerToken();
app.MapRegistryKeys();
app.MapOAuth();
app.MapLeakReports();
app.MapGitLabApi();
app.MapApiReference();
return await GridProcess.RunAsync(app);
