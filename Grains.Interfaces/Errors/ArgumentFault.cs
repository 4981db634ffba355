namespace OrleansTokens.Errors;

/// <summary>What is wrong with one argument.</summary>
/// <param name="Field">The argument, as callers name it (<c>name</c>, <c>expires_at</c>).</param>
/// <param name="Message">What is wrong, to be read after the field's name; for people, and holds no secret.</param>
[GenerateSerializer, Immutable, Alias(WireAliases.ArgumentFault)]
public sealed record ArgumentFault([property: Id(0)] string Field, [property: Id(1)] string Message);
