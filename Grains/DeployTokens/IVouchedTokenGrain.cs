using System.Collections.Immutable;
using Orleans.Concurrency;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.DeployTokens;

/// <summary>
/// A deploy token, for grains that have verified a JWT which stands for it: they have no secret to show. Not part of what clients can
/// call. Keyed by the token id.
/// </summary>
[Alias("ot.IVouchedTokenGrain")]
internal interface IVouchedTokenGrain : IGrainWithIntegerKey
{
    /// <summary>
    /// The decisions that <see cref="OrleansTokens.DeployTokens.IDeployTokenGrain.ValidateAsync"/> would make for whoever showed the token
    /// at a time.
    /// </summary>
    /// <param name="shownAt">When the secret was shown. No secret that is newer was it: so what stands for a token of this id that storage
    /// has lost since stands for no other token of this id.</param>
    /// <param name="questions">1 to <see cref="Limits.MaxQuestions"/>.</param>
    /// <exception cref="Errors.TokenAuthorityException"><see cref="Errors.ErrorCode.Unavailable"/>: nothing may be concluded.</exception>
    [AlwaysInterleave, Alias("ValidateVouched")]
    Task<ValidationAnswer> ValidateVouchedAsync(DateTimeOffset shownAt, ImmutableArray<Question> questions);
}
