using Orleans.Concurrency;

namespace OrleansTokens.Validation;

/// <summary>Decides about somebody who shows no credential. Stateless; key 0.</summary>
[Alias(WireAliases.IAnonymousValidationGrain)]
public interface IAnonymousValidationGrain : IGrainWithIntegerKey
{
    /// <summary>May somebody without a credential do this, here, now?</summary>
    /// <param name="question">What is wanted; a project is named by id or by path.</param>
    /// <param name="renewal">As in <see cref="ValidationRequest.Renewal"/>.</param>
    /// <returns>One decision.</returns>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.Unavailable"/>: nothing may be concluded.</exception>
    [AlwaysInterleave, Alias("Validate")]
    Task<ValidationAnswer> ValidateAsync(Question question, bool renewal);
}
