using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using BitFaster.Caching.Lru;
using Microsoft.IdentityModel.Tokens;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.RegistryTokens;

/// <summary>
/// JWTs that were made, for those who ask for the same again: a build pulls many images with one token. One is handed out again only after
/// it was decided anew that all of it is granted, and while more than half of its life remains. One instance a silo.
/// </summary>
internal sealed class RegistryJwtCache(RegistryTokenOptions options)
{
    /// <summary>At most 4 KB each, usually 2. What is used least goes.</summary>
    private const int Capacity = 20_000;

    /// <summary>What is longer is for many scopes, or long names, and made anew each time.</summary>
    private const int MaxLength = 2_000;

    private static readonly TimeSpan MinLeft = TimeSpan.FromMinutes(1);

    private readonly ConcurrentLru<string, SignedJwt> _made = new(Capacity);

    /// <summary>A JWT that says this, made now or a while ago.</summary>
    /// <param name="credentials">What to sign with; a JWT that was signed with another key is not handed out.</param>
    /// <param name="principal">For whom; null: for anybody.</param>
    /// <param name="epoch">The epoch of the token's record: whatever changes of a token, it gets another JWT.</param>
    /// <param name="access">What is granted.</param>
    /// <param name="now">The time.</param>
    /// <param name="lifetime">For how long it is to live.</param>
    public SignedJwt GetOrMake(
        SigningCredentials credentials,
        Principal? principal,
        long epoch,
        ImmutableArray<GrantedAccess> access,
        DateTimeOffset now,
        TimeSpan lifetime)
    {
        if (principal is null)
        {
            // Anybody can ask for any name of an image.
            return Make(credentials, principal, access, now, lifetime);
        }

        var key = KeyOf(credentials, principal, epoch, access, lifetime);
        if (_made.TryGet(key, out var made) && made.IssuedAt <= now && IsFarFromItsEnd(made.IssuedAt + lifetime - now, lifetime))
        {
            return made;
        }

        var signed = Make(credentials, principal, access, now, lifetime);
        if (signed.Text.Length <= MaxLength)
        {
            _made.AddOrUpdate(key, signed);
        }

        return signed;
    }

    private SignedJwt Make(
        SigningCredentials credentials, Principal? principal, ImmutableArray<GrantedAccess> access, DateTimeOffset now, TimeSpan lifetime)
    {
        var issuedAt = DateTimeOffset.FromUnixTimeSeconds(now.ToUnixTimeSeconds());
        return new SignedJwt(RegistryJwt.Write(credentials, options, principal, access, issuedAt, lifetime), issuedAt);
    }

    /// <summary>For how long somebody may hand out a JWT again who may use the decisions about it that long.</summary>
    public static TimeSpan ForHowLong(TimeSpan usableFor, TimeSpan left) =>
        left <= MinLeft ? TimeSpan.Zero : usableFor < left - MinLeft ? usableFor : left - MinLeft;

    /// <summary>Docker's clients are to get none that lives for less than a minute more.</summary>
    private static bool IsFarFromItsEnd(TimeSpan left, TimeSpan lifetime) => left > lifetime / 2 && left >= MinLeft;

    /// <summary>Everything that a JWT says, and by which key.</summary>
    private static string KeyOf(
        SigningCredentials credentials, Principal? principal, long epoch, ImmutableArray<GrantedAccess> access, TimeSpan lifetime)
    {
        var key = new StringBuilder(capacity: 128);
        key.Append(CultureInfo.InvariantCulture, $"{credentials.Kid} {principal?.Token.Value ?? 0} {epoch} {lifetime.Ticks}");
        foreach (var granted in access)
        {
            // No name or path has a space in it.
            key.Append(CultureInfo.InvariantCulture, $" {granted.Name} {granted.Project.Id.Value} {granted.Project.Root.Value} {granted.Project.FullPath}");
            foreach (var action in granted.Actions)
            {
                key.Append(CultureInfo.InvariantCulture, $" {(int)action}");
            }
        }

        return key.ToString();
    }
}

/// <summary>A JWT, and when it was made, to the second.</summary>
internal sealed record SignedJwt(string Text, DateTimeOffset IssuedAt);
