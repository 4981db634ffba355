using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;
using OpenIddict.EntityFrameworkCore.Models;

namespace OrleansTokens.OpenIddictServer;

/// <summary>Compares the secrets of clients that were stored as <see cref="Stored"/> says with one SHA-256; of others, as OpenIddict does.</summary>
internal sealed class FastSecretManager(
    IOpenIddictApplicationCache<OpenIddictEntityFrameworkCoreApplication> cache,
    ILogger<OpenIddictApplicationManager<OpenIddictEntityFrameworkCoreApplication>> logger,
    IOptionsMonitor<OpenIddictCoreOptions> options,
    IOpenIddictApplicationStore<OpenIddictEntityFrameworkCoreApplication> store)
    : OpenIddictApplicationManager<OpenIddictEntityFrameworkCoreApplication>(cache, logger, options, store)
{
    private const string Prefix = "sha256:";

    /// <summary>What is stored of a secret.</summary>
    public static string Stored(string secret) => Prefix + Convert.ToHexString(Hash(secret));

    protected override ValueTask<bool> ValidateClientSecretAsync(
        string secret, string comparand, CancellationToken cancellationToken = default) =>
        comparand.StartsWith(Prefix, StringComparison.Ordinal)
            ? ValueTask.FromResult(CryptographicOperations.FixedTimeEquals(Hash(secret), Convert.FromHexString(comparand.AsSpan(Prefix.Length))))
            : base.ValidateClientSecretAsync(secret, comparand, cancellationToken);

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
