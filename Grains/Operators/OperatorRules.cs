using System.Collections.Immutable;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Operators;

/// <summary>What operators and their tokens may be. Pure.</summary>
internal static class OperatorRules
{
    private const OperatorTokenScopes AllScopes = OperatorTokenScopes.Api | OperatorTokenScopes.ReadApi;

    public static Slug CheckUsername(string username) => Slug.TryParse(username, out var slug)
        ? slug
        : throw TokenAuthorityException.Invalid("username", Slug.Rule);

    public static void CheckName(string name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw TokenAuthorityException.Invalid("name", "can't be blank");
        }

        if (TextLength.IsOver(name, Limits.MaxNameLength))
        {
            throw TokenAuthorityException.Invalid("name", TextLength.Complaint(Limits.MaxNameLength));
        }
    }

    /// <summary>Something before and after one at sign, and nothing that cannot be in an address: no more is promised of it.</summary>
    public static void CheckEmail(string email)
    {
        if (TextLength.IsOver(email, Limits.MaxNameLength))
        {
            throw TokenAuthorityException.Invalid("email", TextLength.Complaint(Limits.MaxNameLength));
        }

        var at = email.IndexOf('@', StringComparison.Ordinal);
        var isAddress = at > 0 && at < email.Length - 1 && at == email.LastIndexOf('@')
            && !email.Any(static c => char.IsWhiteSpace(c) || char.IsControl(c));
        if (email.Length > 0 && !isAddress)
        {
            throw TokenAuthorityException.Invalid("email", "is invalid");
        }
    }

    public static void Check(IssueOperatorToken request)
    {
        CheckName(request.Name);
        if (TextLength.IsOver(request.Description, Limits.MaxDescriptionLength))
        {
            throw TokenAuthorityException.Invalid("description", TextLength.Complaint(Limits.MaxDescriptionLength));
        }

        if (request.Scopes == OperatorTokenScopes.None)
        {
            throw TokenAuthorityException.Invalid("scopes", "can't be blank");
        }

        if ((request.Scopes & ~AllScopes) != 0)
        {
            throw TokenAuthorityException.Invalid("scopes", "can only contain available scopes");
        }
    }

    /// <summary>The tokens that stay where one more is to be kept: where there is no room, those that died first go.</summary>
    public static ImmutableArray<StoredOperatorToken> MakeRoom(ImmutableArray<StoredOperatorToken> tokens, DateTimeOffset now)
    {
        var tooMany = tokens.Length + 1 - Limits.MaxTokensPerOperator;
        if (tooMany <= 0)
        {
            return tokens;
        }

        var dead = tokens.Where(t => DiedAt(t, now) is not null).OrderBy(t => DiedAt(t, now)).ThenBy(static t => t.Id).Take(tooMany).ToList();
        return dead.Count == tooMany
            ? tokens.RemoveRange(dead)
            : throw new TokenAuthorityException(
                ErrorCode.LimitExceeded, $"An operator has {Limits.MaxTokensPerOperator} living tokens at most. Revoke one.");
    }

    public static OperatorRefusal Refusal(OperatorState state, StoredOperatorToken? token, DateTimeOffset now) => token switch
    {
        null => OperatorRefusal.Unknown,
        { RevokedAt: not null } => OperatorRefusal.Revoked,
        { ExpiresAt: { } end } when end <= now => OperatorRefusal.Expired,
        _ when state.IsBlocked => OperatorRefusal.Blocked,
        _ => OperatorRefusal.None,
    };

    public static TokenAuthorityException UsernameTaken() =>
        new(ErrorCode.AlreadyExists, "Username has already been taken", "username");

    private static DateTimeOffset? DiedAt(StoredOperatorToken token, DateTimeOffset now) =>
        token.RevokedAt ?? (token.ExpiresAt is { } end && end <= now ? end : null);
}
