using OrleansTokens.DeployTokens;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Validation;

/// <summary>Whom a validated token stands for.</summary>
/// <remarks>
/// Clients keep one for each token that is in use, a million of them where there are as many. So it holds numbers instead of the values
/// that are made of them, and the username only where it is not the default one. How it crosses the wire says
/// <see cref="PrincipalSurrogate"/>.
/// </remarks>
[Immutable, Alias(WireAliases.Principal)]
public sealed record Principal
{
    /// <summary>In place of an instant: there is none. Before all that are.</summary>
    private const long Never = -1;

    private readonly TokenId _token;
    private readonly long _holder;
    private readonly string? _username;
    private readonly long _issued;
    private readonly long _expires = Never;
    private readonly NamespaceKind _holderKind;
    private readonly short _issuedOffset;
    private readonly short _expiresOffset;
    private readonly bool _hasDefaultUsername;

    /// <summary>Whom a token stands for that does not expire.</summary>
    /// <param name="Token">The token.</param>
    /// <param name="Holder">The project or group it belongs to.</param>
    /// <param name="Username">Its login.</param>
    /// <param name="Scopes">What it was granted.</param>
    public Principal(TokenId Token, NamespaceId Holder, string Username, DeployTokenScopes Scopes)
    {
        this.Token = Token;
        this.Holder = Holder;
        this.Username = Username;
        this.Scopes = Scopes;
    }

    /// <summary>The token.</summary>
    public TokenId Token
    {
        get => _token;
        init
        {
            // A default username goes on being that of the token it was given to.
            var username = Username;
            _token = value;
            Username = username;
        }
    }

    /// <summary>The project or group it belongs to.</summary>
    public NamespaceId Holder
    {
        get => new(_holderKind, _holder);
        init => (_holderKind, _holder) = (value.Kind, value.Value);
    }

    /// <summary>Its login.</summary>
    public string Username
    {
        get => _hasDefaultUsername ? DefaultUsername.Of(_token) : _username!;
        init
        {
            _hasDefaultUsername = DefaultUsername.Is(value, _token);
            _username = _hasDefaultUsername ? null : value;
        }
    }

    /// <summary>What it was granted.</summary>
    public DeployTokenScopes Scopes { get; init; }

    /// <summary>When the token was issued.</summary>
    public DateTimeOffset IssuedAt
    {
        get => At(_issued, _issuedOffset);
        init => (_issued, _issuedOffset) = (value.UtcTicks, (short)value.TotalOffsetMinutes);
    }

    /// <summary>From this instant on the token is dead; null: it does not expire.</summary>
    public DateTimeOffset? ExpiresAt
    {
        get => _expires == Never ? null : At(_expires, _expiresOffset);
        init => (_expires, _expiresOffset) = value is { } at ? (at.UtcTicks, (short)at.TotalOffsetMinutes) : (Never, (short)0);
    }

    /// <summary>Takes it apart.</summary>
    public void Deconstruct(out TokenId Token, out NamespaceId Holder, out string Username, out DeployTokenScopes Scopes) =>
        (Token, Holder, Username, Scopes) = (this.Token, this.Holder, this.Username, this.Scopes);

    /// <summary>Whether another one says the same. Instants are the same wherever they are told.</summary>
    public bool Equals(Principal? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _token == other._token && Holder == other.Holder && Scopes == other.Scopes
            && _issued == other._issued && _expires == other._expires
            && _hasDefaultUsername == other._hasDefaultUsername && _username == other._username);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_token, Holder, Scopes, _issued, _expires, _username);

    private static DateTimeOffset At(long utcTicks, short offsetInMinutes)
    {
        var offset = TimeSpan.FromMinutes(offsetInMinutes);
        return new DateTimeOffset(utcTicks + offset.Ticks, offset);
    }
}
