using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using OrleansTokens.Errors;

namespace OrleansTokens.Silo.Http.Oidc;

/// <summary>
/// The public keys of the issuer, by its discovery document. Read when first needed, again every hour, and sooner where a JWT names a
/// key that is not among them: but not more often than every half minute, since anybody can name any key.
/// </summary>
internal sealed partial class OidcKeys(OidcSettings settings, HttpClient http, TimeProvider time, ILogger<OidcKeys> logger) : IDisposable
{
    private static readonly TimeSpan ReadAgainAfter = TimeSpan.FromHours(1);
    private static readonly TimeSpan ReadForUnknownAfter = TimeSpan.FromSeconds(30);

    /// <summary>Where the issuer cannot be reached, its keys are good for so long.</summary>
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(24);

    private readonly Lock _lock = new();
    private volatile KeySet? _keys;
    private DateTimeOffset _triedAt = DateTimeOffset.MinValue;
    private Task _reading = Task.CompletedTask;

    /// <summary>The keys of the issuer; read again first where none of them has this id, or they are old. Who gives up waiting does not
    /// stop the reading: others wait for it too.</summary>
    /// <exception cref="TokenAuthorityException">Unavailable: they are not known.</exception>
    public async Task<IReadOnlyList<SecurityKey>> GetAsync(string? keyId, CancellationToken cancellation)
    {
        if (!IsGoodFor(keyId))
        {
            await ReadAgain().WaitAsync(cancellation);
        }

        return _keys is { } keys && time.GetUtcNow() - keys.ReadAt < MaxAge
            ? keys.Keys
            : throw TokenAuthorityException.Unavailable("The keys of the identity provider are not known.");
    }

    public void Dispose() => http.Dispose();

    private Task ReadAgain()
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_reading.IsCompleted && now - _triedAt >= ReadForUnknownAfter)
            {
                _triedAt = now;
                _reading = Task.Run(() => ReadAndKeepAsync(now));
            }

            return _reading;
        }
    }

    private async Task ReadAndKeepAsync(DateTimeOffset now)
    {
        try
        {
            _keys = new KeySet(await ReadAsync(), now);
        }
        catch (Exception fault)
        {
            LogNotRead(fault);
        }
    }

    private bool IsGoodFor(string? keyId) =>
        _keys is { } keys && time.GetUtcNow() - keys.ReadAt < ReadAgainAfter
        && (keyId is null || keys.Keys.Any(key => key.KeyId == keyId));

    private async Task<IReadOnlyList<SecurityKey>> ReadAsync()
    {
        var discovery = new Uri(settings.Issuer.TrimEnd('/') + "/.well-known/openid-configuration");
        using var document = JsonDocument.Parse(await http.GetByteArrayAsync(discovery));
        if (document.RootElement.GetProperty("issuer").GetString() != settings.Issuer)
        {
            throw new InvalidDataException("The discovery document is of another issuer.");
        }

        var address = new Uri(document.RootElement.GetProperty("jwks_uri").GetString()!);
        if (!OidcSettings.IsSafe(address))
        {
            throw new InvalidDataException("The keys are served without TLS.");
        }

        // Nothing symmetric: the key of a JWT that anybody can read must not be one that makes JWTs.
        return
        [
            .. JsonWebKeySet.Create(await http.GetStringAsync(address)).Keys
                .Where(static key => key.Kty is JsonWebAlgorithmsKeyTypes.RSA or JsonWebAlgorithmsKeyTypes.EllipticCurve && key.Use is null or "" or "sig"),
        ];
    }

    private sealed record KeySet(IReadOnlyList<SecurityKey> Keys, DateTimeOffset ReadAt);
}
