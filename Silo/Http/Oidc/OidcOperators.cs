using OrleansTokens.Client;
using OrleansTokens.Errors;
using OrleansTokens.Namespaces;
using OrleansTokens.Operators;

namespace OrleansTokens.Silo.Http.Oidc;

/// <summary>Finds the operator that a JWT of the identity provider stands for.</summary>
internal sealed class OidcOperators(OidcSettings settings, OidcVerifier verifier, OperatorAdministration operators)
{
    /// <summary>Whom a JWT stands for now, or why for nobody. Nobody becomes an administrator here by being let in: what the issuer says
    /// of that counts for this request.</summary>
    public async Task<(OperatorPrincipal? Operator, OperatorRefusal Refusal)> AuthenticateAsync(OperatorJwt jwt, CancellationToken cancellation)
    {
        if (await verifier.VerifyAsync(jwt, cancellation) is not { } identity
            || await FindAsync(identity, cancellation) is not { } known)
        {
            return (null, OperatorRefusal.Unknown);
        }

        return known.IsBlocked
            ? (null, OperatorRefusal.Blocked)
            : (known.Principal with { IsAdministrator = identity.IsAdministrator ?? known.IsAdministrator }, OperatorRefusal.None);
    }

    private async Task<OperatorView?> FindAsync(OidcIdentity identity, CancellationToken cancellation)
    {
        if (await KnownAsync(identity, cancellation) is { } known)
        {
            return known;
        }

        if (!settings.CreateOperators || !Slug.TryParse(identity.Username, out _))
        {
            return null;
        }

        try
        {
            var name = identity.Name is { Length: <= Limits.MaxNameLength } given ? given : identity.Username;
            return await operators.CreateAsync(
                new CreateOperator(identity.Username, name, identity.Email ?? string.Empty, IsAdministrator: false, By: default), cancellation);
        }
        catch (TokenAuthorityException taken) when (taken.Code == ErrorCode.AlreadyExists)
        {
            // By another request of the same person a moment ago; or by a group, or somebody who is called almost the same.
            return await KnownAsync(identity, cancellation);
        }
        catch (TokenAuthorityException refusal) when (refusal is { Code: ErrorCode.InvalidArgument, Field: "email" })
        {
            return await FindAsync(identity with { Email = null }, cancellation);
        }
        catch (TokenAuthorityException refusal) when (refusal.Code == ErrorCode.InvalidArgument)
        {
            return null;
        }
    }

    /// <summary>The operator of exactly this username: an issuer may tell people apart by the case of letters.</summary>
    private async Task<OperatorView?> KnownAsync(OidcIdentity identity, CancellationToken cancellation) =>
        await operators.FindByUsernameAsync(identity.Username, cancellation) is { } known && known.Username == identity.Username ? known : null;
}
