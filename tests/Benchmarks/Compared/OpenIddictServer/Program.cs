using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.EntityFrameworkCore.Models;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace OrleansTokens.OpenIddictServer;

/// <summary>
/// RFC 7662 introspection by OpenIddict: reference tokens in PostgreSQL, through Entity Framework Core. <c>--Database</c> says where the
/// (empty) database is. Makes <c>--Count</c> tokens, revokes each <c>--RevokedEvery</c>-th, and writes all to <c>--Tokens</c>. Two clients
/// may ask, with the secret <c>--ClientSecret</c>: <c>--ClientId</c>, whose secret is checked by PBKDF2, as OpenIddict does; and the same
/// with <c>-fast</c>, whose secret costs one SHA-256, since PBKDF2 would otherwise be most of what is measured.
/// </summary>
internal static class Program
{
    public static async Task Main(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(args);
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.AddServerHeader = false);
        builder.Logging.ClearProviders();
        builder.Services.AddDbContextPool<DbContext>(
            (services, options) => options.UseNpgsql(services.GetRequiredService<IConfiguration>()["Database"]).UseOpenIddict());
        builder.Services.AddOpenIddict()
            .AddCore(static core =>
            {
                core.UseEntityFrameworkCore().UseDbContext<DbContext>();
                core.ReplaceApplicationManager<OpenIddictEntityFrameworkCoreApplication, FastSecretManager>();
            })
            .AddServer(server => Configure(server, builder.Configuration["ClientId"]!));
        var app = builder.Build();
        var seeded = false;
        app.UseAuthentication();
        app.MapGet("/readyz", () => seeded ? Results.Ok() : Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
        await app.StartAsync();
        await Seed.RunAsync(app);
        seeded = true;
        await app.WaitForShutdownAsync();
    }

    private static void Configure(OpenIddictServerBuilder server, string client)
    {
        server.SetIssuer(new Uri("http://localhost/")); // Whatever host a request names.
        server.SetTokenEndpointUris("/token").SetIntrospectionEndpointUris("/introspect");
        server.AllowClientCredentialsFlow();
        server.UseReferenceAccessTokens();
        server.SetAccessTokenLifetime(TimeSpan.FromDays(1));
        server.AddSigningKey(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)));
        server.AddEncryptionKey(new SymmetricSecurityKey(RandomNumberGenerator.GetBytes(32)));
        server.RegisterScopes(Seed.Scope);
        server.UseAspNetCore().DisableTransportSecurityRequirement();
        server.AddEventHandler<HandleTokenRequestContext>(handler => handler.UseInlineHandler(context =>
        {
            var identity = new ClaimsIdentity("token", Claims.Name, Claims.Role);
            identity.SetClaim(Claims.Subject, context.ClientId).SetScopes(context.Request.GetScopes()).SetResources(client, Seed.Fast(client));
            context.SignIn(new ClaimsPrincipal(identity));
            return default;
        }));
    }
}
