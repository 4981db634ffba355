using System.Globalization;
using OrleansTokens.Client;
using OrleansTokens.Client.AspNetCore;
using OrleansTokens.Namespaces;
using OrleansTokens.Validation;
using Registry;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddDeployTokens(options => builder.Configuration.GetSection("DeployTokens").Bind(options));
builder.Services.AddAuthentication().AddDeployToken();
builder.Services.AddAuthorization();
builder.Services.AddSingleton(new FileStore(builder.Configuration["Storage"] ?? "files"));

var app = builder.Build();
var files = app.MapGroup("/projects/{project:long}/packages/generic/{package}/{version}/{file}");
files.MapGet("", static (long project, string package, string version, string file, FileStore store) =>
        store.Find(project, package, version, file) is { } path ? Results.File(path, "application/octet-stream") : Results.NotFound())
    .RequireDeployToken(RegistryAction.ReadPackage, ProjectOf);
files.MapPut("", static async (long project, string package, string version, string file, HttpRequest request, FileStore store) =>
        await store.SaveAsync(project, package, version, file, request.Body, request.HttpContext.RequestAborted)
            ? Results.Created()
            : Results.BadRequest("package, version and file must have 1 to 100 of A-Z a-z 0-9 . _ - and not begin with a dot"))
    .RequireDeployToken(RegistryAction.WritePackage, ProjectOf);
app.Run();

static Resource ProjectOf(HttpContext context) =>
    Resource.Of(new ProjectId(long.Parse((string)context.GetRouteValue("project")!, CultureInfo.InvariantCulture)));
