using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace OrleansTokens.Silo.Tests.Http.Oidc;

/// <summary>An identity provider on a loopback port: its discovery document, its keys, and JWTs that it signs.</summary>
public sealed class LoopbackIssuer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly List<JsonWebKey> _published = [];
    private int _served;
    private Hold? _hold;

    private LoopbackIssuer(WebApplication app) => _app = app;

    public string Address => _app.Urls.First();

    /// <summary>How often the keys were read.</summary>
    public int Served => _served;

    /// <summary>Whether it answers.</summary>
    public bool Broken { get; set; }

    public RsaSecurityKey Key { get; private set; } = NewKey();

    public static async Task<LoopbackIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        var issuer = new LoopbackIssuer(app);
        issuer.Publish(issuer.Key);
        app.MapGet("/.well-known/openid-configuration", async () =>
        {
            await (issuer._hold?.PassAsync() ?? Task.CompletedTask);
            return issuer.Broken
                ? Results.StatusCode(500)
                : Results.Json(new { issuer = issuer.Address, jwks_uri = issuer.Address + "/keys" });
        });
        app.MapGet("/keys", () =>
        {
            Interlocked.Increment(ref issuer._served);
            return Results.Json(new
            {
                keys = issuer._published.Select(static key => new { kty = key.Kty, kid = key.Kid, n = key.N, e = key.E, k = key.K }),
            });
        });
        await app.StartAsync();
        return issuer;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>From now on it does not answer until it is released.</summary>
    public Hold HoldUp() => _hold = new Hold();

    /// <summary>From now on another key signs, and is published too.</summary>
    public void Rotate() => Publish(Key = NewKey());

    /// <summary>Publishes the public part of a key as a symmetric one, as an attacker would like it.</summary>
    public void PublishSymmetric(string id, byte[] key) =>
        _published.Add(new JsonWebKey { Kty = "oct", Kid = id, K = Base64UrlEncoder.Encode(key) });

    /// <summary>A JWT of somebody.</summary>
    public string Sign(
        string username, TimeSpan? lasts = null, string audience = "orleans-tokens", string? issuer = null, SigningCredentials? with = null,
        TimeSpan? from = null, IReadOnlyDictionary<string, object>? more = null)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object> { ["preferred_username"] = username, ["name"] = "Some Body" };
        foreach (var (name, value) in more ?? new Dictionary<string, object>())
        {
            claims[name] = value;
        }

        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer ?? Address,
            Audience = audience,
            NotBefore = now + (from ?? TimeSpan.Zero),
            Expires = now + (lasts ?? TimeSpan.FromMinutes(5)),
            Claims = claims,
            SigningCredentials = with ?? new SigningCredentials(Key, SecurityAlgorithms.RsaSha256),
        });
    }

    /// <summary>A JWT that says that it needs no signature.</summary>
    public string WithoutSignature(string username)
    {
        var header = Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""");
        return header + "." + Sign(username).Split('.')[1] + ".";
    }

    /// <summary>The public key in the form in which it is published: what anybody has.</summary>
    public byte[] PublicKey() => JsonSerializer.SerializeToUtf8Bytes(_published[0].N);

    private static RsaSecurityKey NewKey() => new(RSA.Create(2048)) { KeyId = Convert.ToHexString(RandomNumberGenerator.GetBytes(8)) };

    private void Publish(RsaSecurityKey key)
    {
        var parameters = key.Rsa.ExportParameters(includePrivateParameters: false);
        _published.Add(new JsonWebKey
        {
            Kty = "RSA",
            Kid = key.KeyId,
            N = Base64UrlEncoder.Encode(parameters.Modulus),
            E = Base64UrlEncoder.Encode(parameters.Exponent),
        });
    }
}

/// <summary>Holds up whoever comes by, until it is released.</summary>
public sealed class Hold
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when somebody is held up.</summary>
    public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);

    public void Release() => _released.TrySetResult();

    internal Task PassAsync()
    {
        _reached.TrySetResult();
        return _released.Task;
    }
}
