using OrleansTokens.Silo.Hosting;

var builder = WebApplication.CreateBuilder(args);
if (!GridSettings.TryRead(builder.Configuration, out var settings, out var faults))
{
    return GridProcess.Refuse(faults);
}

builder.UseDefaultAddress();
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

var app = builder.Build();
app.MapHealth();
return await GridProcess.RunAsync(app);
