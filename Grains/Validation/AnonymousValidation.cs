using Orleans.Concurrency;
using OrleansTokens.Errors;
using OrleansTokens.Grains.Leases;
using OrleansTokens.Validation;

namespace OrleansTokens.Grains.Validation;

/// <summary>Decides what somebody may do who shows no credential.</summary>
internal sealed class AnonymousValidation(
    PlaceFinder places, SiloLiveness liveness, FactContext facts, ValidationOptions options, TimeProvider time)
{
    private const int MaxAttempts = 5;

    /// <summary>One decision.</summary>
    /// <exception cref="TokenAuthorityException">Unavailable.</exception>
    public async ValueTask<ValidationAnswer> DecideAsync(Question question, bool renewal)
    {
        var atMost = renewal ? facts.Options.Renewed : facts.Options.Usable;
        var isInDoubt = false;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var asked = facts.Within(atMost);
            var freshness = isInDoubt ? asked.Anew : asked;
            await liveness.ConfirmAsync(asked);
            if (!places.TryFind(question, freshness, out var place))
            {
                await places.FetchAsync(question, freshness);
                if (!places.TryFind(question, freshness, out place))
                {
                    continue;
                }
            }

            var oldest = Math.Min(place.ConfirmedAt, liveness.ConfirmedAt);
            var usable = facts.Options.UsableOf(LeaseOptions.Shorter(facts.Options.Length, place.Lineage?.LeaseLength));
            var young = renewal ? usable / 4 : usable;
            if (oldest < asked.Begun && facts.AgeOf(oldest) > young)
            {
                atMost = young < atMost ? young : atMost;
                continue;
            }

            if (usable > TimeSpan.Zero && facts.AgeOf(oldest) > usable)
            {
                continue;
            }

            if (place.Lineage is not null)
            {
                return new ValidationAnswer([Decide(question, place)]) { UsableFor = UsableFor(oldest, usable) };
            }

            // What is not there may just have been made.
            if (isInDoubt || atMost == TimeSpan.Zero || oldest >= freshness.Begun)
            {
                return new ValidationAnswer([Decision.Deny(DenyReason.CredentialRequired)]);
            }

            isInDoubt = true;
        }

        throw TokenAuthorityException.Unavailable("What the decision rests on changes too fast.");
    }

    private Decision Decide(Question question, Place place)
    {
        var input = DecisionInput.Anonymous(question.Action, place.Lineage, place.ViaRedirect, time.GetUtcNow());
        return TokenPolicy.Decide(input with { SwitchedOff = options.SwitchedOff });
    }

    private TimeSpan UsableFor(long oldest, TimeSpan usable) =>
        TimeSpan.FromTicks(Math.Max(0, usable.Ticks - (facts.Clock.Now - oldest)));
}

/// <inheritdoc cref="IAnonymousValidationGrain"/>
[StatelessWorker, GrainType("anonymous-validation")]
internal sealed class AnonymousValidationGrain(AnonymousValidation validation) : Grain, IAnonymousValidationGrain
{
    public Task<ValidationAnswer> ValidateAsync(Question question, bool renewal) => validation.DecideAsync(question, renewal).AsTask();
}
