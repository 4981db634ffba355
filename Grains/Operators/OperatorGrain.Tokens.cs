using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using OrleansTokens.DeployTokens;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Ids;
using OrleansTokens.Grains.Keys;
using OrleansTokens.Operators;

namespace OrleansTokens.Grains.Operators;

internal sealed partial class OperatorGrain
{
    private const string Prefix = "glpat-";
    private const int RandomBytes = 18;

    public ValueTask<OperatorAuthentication> AuthenticateAsync(OperatorTokenId token)
    {
        var found = State.Status == OperatorStatus.Active ? Find(State, token) : null;
        var refusal = OperatorRules.Refusal(State, found, _time.GetUtcNow());
        return ValueTask.FromResult(new OperatorAuthentication(
            refusal == OperatorRefusal.None ? State.View(Id).Principal : null, found?.View(Id), refusal));
    }

    public ValueTask<ImmutableArray<OperatorTokenView>> ListAsync() =>
        ValueTask.FromResult(State.Tokens.OrderBy(static t => t.Id).Select(t => t.View(Id)).ToImmutableArray());

    public Task<OperatorTokenView?> GetTokenAsync(OperatorTokenId token) => Task.FromResult(Find(State, token)?.View(Id));

    public Task ReindexTokenAsync(OperatorTokenId token) => _index.UpsertAsync(Find(State, token) is { } found
        ? found.Row(Id, Math.Max(State.Epoch, 1))
        : new StoredOperatorToken { Id = token.Value }.Row(Id, long.MaxValue, deleted: true));

    public async Task<IssuedOperatorToken> IssueTokenAsync(IssueOperatorToken request)
    {
        OperatorRules.Check(request);
        await ExistingAsync();
        var (token, secret) = await NewTokenAsync(new StoredOperatorToken
        {
            Name = request.Name,
            Description = request.Description,
            Scopes = request.Scopes,
            CreatedBy = request.By.Value,
            ExpiresAt = request.ExpiresAt,
        });

        // The record first: what leads to it is of use to nobody but whoever is shown the secret, at the end.
        var tokens = OperatorRules.MakeRoom(State.Tokens, token.CreatedAt);
        await PublishAsync(State with { Tokens = tokens.Add(token), Epoch = State.Epoch + 1 });
        await LeadAsync(token, token.LookUpKeys[0]);
        return new IssuedOperatorToken(token.View(Id), secret);
    }

    public async Task<IssuedOperatorToken?> RotateTokenAsync(OperatorTokenId token, DateTimeOffset? expiresAt, OperatorId by)
    {
        await ExistingAsync();
        if (Find(State, token) is not { } old)
        {
            return null;
        }

        if (old.IsInstallations || !old.View(Id).IsActive(_time.GetUtcNow()))
        {
            throw new TokenAuthorityException(ErrorCode.Conflict, "Only a token that is alive, and not the installation's, can be replaced.");
        }

        var (made, secret) = await NewTokenAsync(new StoredOperatorToken
        {
            Name = old.Name,
            Description = old.Description,
            Scopes = old.Scopes,
            CreatedBy = by.Value,
            ExpiresAt = expiresAt,
        });

        // What leads to the new one first, since it leads nowhere yet: then one write ends the one and begins the other.
        await LeadAsync(made, made.LookUpKeys[0]);
        var revoked = old with { RevokedAt = made.CreatedAt, RevokedBy = by.Value };
        var tokens = OperatorRules.MakeRoom(State.Tokens.Replace(old, revoked), made.CreatedAt);
        await PublishAsync(State with { Tokens = tokens.Add(made), Epoch = State.Epoch + 1 });
        return new IssuedOperatorToken(made.View(Id), secret);
    }

    public async Task<bool> RevokeTokenAsync(OperatorTokenId token, OperatorId by)
    {
        await SettleAsync();
        if (Find(State, token) is not { } found)
        {
            return false;
        }

        if (found.IsInstallations)
        {
            throw new TokenAuthorityException(
                ErrorCode.Conflict, "This is the token of the installation's setting: it dies when the setting changes.");
        }

        if (found.RevokedAt is null)
        {
            var revoked = found with { RevokedAt = _time.GetUtcNow(), RevokedBy = by.Value };
            await PublishAsync(State with { Tokens = State.Tokens.Replace(found, revoked), Epoch = State.Epoch + 1 });
        }

        return true;
    }

    public async Task RenewAsync(OperatorTokenId token, string newestLookUpKey)
    {
        if (Find(State, token) is { RevokedAt: null } found)
        {
            await LeadAsync(found, newestLookUpKey);
            await RememberAsync(found, newestLookUpKey);
        }
    }

    public async Task<Secret?> EnsureAdministratorAsync(Secret? given)
    {
        await EnsureFirstAsync();
        var living = State.Tokens.FirstOrDefault(static t => t is { IsInstallations: true, RevokedAt: null });
        if (given is null)
        {
            return living is not null && await IsKnownAsync(living) ? null : await ReplaceByNewAsync();
        }

        var lookUps = SecretDigest.LookupKeys(_keys, given);
        if (living is not null && living.LookUpKeys.Intersect(lookUps).Any())
        {
            await LeadAsync(living, lookUps[0]);
            await RememberAsync(living, lookUps[0]);
        }
        else
        {
            // What leads to it first: from the moment that the record is written, the token before is dead and this one alive.
            var token = await InstallationsAsync(lookUps[0]);
            await LeadAsync(token, lookUps[0]);
            await ReplaceAsync(token);
        }

        return null;
    }

    public async Task AdoptAsync(ImmutableArray<string> lookUpKeys)
    {
        await EnsureFirstAsync();
        if (lookUpKeys.IsEmpty)
        {
            return;
        }

        var known = State.Tokens.FirstOrDefault(t => t.LookUpKeys.Intersect(lookUpKeys).Any());
        if (known is null)
        {
            known = await InstallationsAsync(lookUpKeys);
            await ReplaceAsync(known);
        }

        foreach (var key in known.LookUpKeys)
        {
            if (!(await LookUp(key).FindAsync()).Operator.IsNone)
            {
                await LeadAsync(known, key);
            }
        }
    }

    /// <summary>The first operator is there from the first start on. Its username leads nowhere until it has projects of its own.</summary>
    private async Task EnsureFirstAsync()
    {
        await SettleAsync();
        if (State.Status == OperatorStatus.None)
        {
            await PublishAsync(new OperatorState
            {
                Status = OperatorStatus.Active,
                Username = "root",
                Name = "Administrator",
                IsAdministrator = true,
                CreatedAt = _time.GetUtcNow(),
                Epoch = 1,
            });
        }
    }

    /// <summary>Whether somebody can have the token: one that was made here, and that nothing leads to, was never shown.</summary>
    private async Task<bool> IsKnownAsync(StoredOperatorToken token)
    {
        foreach (var key in token.LookUpKeys)
        {
            if ((await LookUp(key).FindAsync()).Token.Value == token.Id)
            {
                return true;
            }
        }

        return false;
    }

    private async Task<Secret> ReplaceByNewAsync()
    {
        var secret = NewSecret();
        var token = await InstallationsAsync(NewestLookUpKey(secret));
        await ReplaceAsync(token);
        await LeadAsync(token, token.LookUpKeys[0]); // Last: once it leads somewhere, nothing may keep the token from being shown.
        return secret;
    }

    private async Task<StoredOperatorToken> InstallationsAsync(params ImmutableArray<string> lookUpKeys) => new()
    {
        Id = await _ids.NextAsync(IdSequence.OperatorTokens),
        Name = "Grid:AdminToken",
        Scopes = OperatorTokenScopes.Api,
        CreatedAt = _time.GetUtcNow(),
        IsInstallations = true,
        LookUpKeys = lookUpKeys,
    };

    /// <summary>Makes a token the installation's, and any before it dead, in one write.</summary>
    private Task ReplaceAsync(StoredOperatorToken token)
    {
        var now = _time.GetUtcNow();
        var tokens = OperatorRules.MakeRoom(
            [.. State.Tokens.Select(t => t is { IsInstallations: true, RevokedAt: null } ? t with { RevokedAt = now } : t)], now);
        return PublishAsync(State with { Tokens = tokens.Add(token), Epoch = State.Epoch + 1 });
    }

    /// <summary>A token with an id and a secret of its own; it is not yet kept anywhere.</summary>
    private async Task<(StoredOperatorToken Token, Secret Secret)> NewTokenAsync(StoredOperatorToken wanted)
    {
        var secret = NewSecret();
        var id = await _ids.NextAsync(IdSequence.OperatorTokens);
        return (wanted with { Id = id, CreatedAt = _time.GetUtcNow(), LookUpKeys = [NewestLookUpKey(secret)] }, secret);
    }

    private Task LeadAsync(StoredOperatorToken token, string lookUpKey) =>
        LookUp(lookUpKey).LeadAsync(new OperatorTokenPlace(Id, new OperatorTokenId(token.Id)));

    private Task RememberAsync(StoredOperatorToken token, string lookUpKey) => token.LookUpKeys.Contains(lookUpKey)
        ? Task.CompletedTask
        : PublishAsync(State with
        {
            Tokens = State.Tokens.Replace(token, token with { LookUpKeys = token.LookUpKeys.Add(lookUpKey) }),
            Epoch = State.Epoch + 1,
        });

    private IOperatorTokenGrain LookUp(string key) => GrainFactory.GetGrain<IOperatorTokenGrain>(key);

    private string NewestLookUpKey(Secret secret) => SecretDigest.LookupKeys(_keys, secret)[0];

    private static StoredOperatorToken? Find(OperatorState state, OperatorTokenId token) =>
        state.Tokens.FirstOrDefault(t => t.Id == token.Value);

    private static Secret NewSecret()
    {
        var text = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        return Secret.TryCreate(text, out var secret) ? secret : throw new InvalidOperationException("A new operator token was no secret.");
    }
}
