namespace OrleansTokens.Leases;

/// <summary>What a decision may rest on, with its age.</summary>
/// <param name="Value">What was found.</param>
/// <param name="Age">How long before the answer left the read of storage began that last confirmed it; of several records, the oldest.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.Confirmed)]
public readonly record struct Confirmed<T>([property: Id(0)] T Value, [property: Id(1)] TimeSpan Age);

/// <summary>What taking something away says.</summary>
/// <param name="Removed">Whether there was something.</param>
/// <param name="Settling">For how long, from the answer on, somebody may still go by what was before.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.Removal)]
public readonly record struct Removal([property: Id(0)] bool Removed, [property: Id(1)] TimeSpan Settling);
