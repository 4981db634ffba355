using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.EntityFrameworkCore.Models;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace OrleansTokens.OpenIddictServer;

/// <summary>Makes tables, clients and tokens.</summary>
internal static class Seed
{
    public const string Scope = "read_repository";

    private const int AtOnce = 8;

    /// <summary>The id of the client whose secret costs one SHA-256.</summary>
    public static string Fast(string client) => client + "-fast";

    public static async Task RunAsync(WebApplication app)
    {
        var settings = app.Configuration;
        var (id, secret) = (settings["ClientId"]!, settings["ClientSecret"]!);
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<DbContext>().Database.EnsureCreatedAsync();
            await AddClientAsync(scope.ServiceProvider, id, secret);
            var fast = await AddClientAsync(scope.ServiceProvider, Fast(id), secret);
            fast.ClientSecret = FastSecretManager.Stored(secret);
            await scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>().UpdateAsync(fast);
        }

        var tokens = new string[settings.GetValue<int>("Count")];
        using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
        await Parallel.ForAsync(0, tokens.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, cancellation) =>
            tokens[i] = await RequestAsync(http, Fast(id), secret, cancellation));
        await RevokeAsync(app.Services, tokens.Where((_, i) => (i + 1) % settings.GetValue<int>("RevokedEvery") == 0));
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<DbContext>().Database.ExecuteSqlRawAsync("VACUUM ANALYZE");
        }

        await File.WriteAllTextAsync(settings["Tokens"]!, string.Join('\n', tokens));
    }

    private static async Task<OpenIddictEntityFrameworkCoreApplication> AddClientAsync(IServiceProvider services, string id, string secret)
    {
        var made = await services.GetRequiredService<IOpenIddictApplicationManager>().CreateAsync(new OpenIddictApplicationDescriptor
        {
            ClientId = id,
            ClientSecret = secret,
            Permissions =
            {
                Permissions.Endpoints.Token,
                Permissions.Endpoints.Introspection,
                Permissions.GrantTypes.ClientCredentials,
                Permissions.Prefixes.Scope + Scope,
            },
        });
        return (OpenIddictEntityFrameworkCoreApplication)made;
    }

    private static async Task<string> RequestAsync(HttpClient http, string id, string secret, CancellationToken cancellation)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            [Parameters.GrantType] = GrantTypes.ClientCredentials,
            [Parameters.ClientId] = id,
            [Parameters.ClientSecret] = secret,
            [Parameters.Scope] = Scope,
        });
        using var answer = await http.PostAsync(new Uri("/token", UriKind.Relative), form, cancellation);
        answer.EnsureSuccessStatusCode();
        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        return json.GetProperty(Parameters.AccessToken).GetString()!;
    }

    private static async Task RevokeAsync(IServiceProvider services, IEnumerable<string> tokens)
    {
        await using var scope = services.CreateAsyncScope();
        var manager = scope.ServiceProvider.GetRequiredService<IOpenIddictTokenManager>();
        foreach (var token in tokens)
        {
            if (await manager.FindByReferenceIdAsync(token) is not { } found || !await manager.TryRevokeAsync(found))
            {
                throw new InvalidOperationException("A token that was just made is not stored, or cannot be revoked.");
            }
        }
    }
}
