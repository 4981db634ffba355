using Microsoft.Extensions.Time.Testing;

namespace OrleansTokens.Grains.Tests.Fixture;

/// <summary>
/// The time that grains decide by: it stands still until a test moves it. Timers and stopwatches stay real, because Orleans drives its
/// own work with them.
/// </summary>
public sealed class GrainClock : TimeProvider
{
    private readonly FakeTimeProvider _fake = new(new DateTimeOffset(2030, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public DateTimeOffset Now => _fake.GetUtcNow();

    public void Advance(TimeSpan by) => _fake.Advance(by);

    /// <summary>Goes on by a clock that differs by this much, as another silo's may.</summary>
    public void Adjust(TimeSpan by) => _fake.AdjustTime(_fake.GetUtcNow() + by);

    public override DateTimeOffset GetUtcNow() => _fake.GetUtcNow();
}
