using System.Collections.Immutable;

namespace OrleansTokens.Errors;

/// <summary>
/// The one exception that crosses grains: a fault, or a misuse that its caller can mend. A refusal to let somebody in is never an
/// exception (see <see cref="Validation.Decision"/>).
/// </summary>
[GenerateSerializer, Alias(WireAliases.TokenAuthorityException)]
public sealed class TokenAuthorityException : Exception
{
    /// <summary>Makes an exception without detail.</summary>
    public TokenAuthorityException()
        : this(ErrorCode.Unavailable, "The authority is unavailable.")
    {
    }

    /// <summary>Makes an exception of code <see cref="ErrorCode.Unavailable"/>.</summary>
    public TokenAuthorityException(string message)
        : this(ErrorCode.Unavailable, message)
    {
    }

    /// <summary>Makes an exception of code <see cref="ErrorCode.Unavailable"/> with the exception that led to it.</summary>
    public TokenAuthorityException(string message, Exception innerException)
        : base(message, innerException)
    {
        Code = ErrorCode.Unavailable;
    }

    /// <summary>Makes an exception. The message is for people and holds no secret.</summary>
    public TokenAuthorityException(ErrorCode code, string message, string? field = null)
        : base(message)
    {
        Code = code;
        Field = field;
        Faults = field is null ? [] : [new ArgumentFault(field, message)];
    }

    private TokenAuthorityException(ImmutableArray<ArgumentFault> faults)
        : this(ErrorCode.InvalidArgument, faults[0].Message, faults[0].Field)
    {
        Faults = faults;
    }

    /// <summary>What kind of fault it is.</summary>
    [Id(0)]
    public ErrorCode Code { get; private set; }

    /// <summary>The argument at fault, as callers name it (<c>name</c>, <c>expires_at</c>), or null; the first of them where there are
    /// several, to which <see cref="Exception.Message"/> belongs.</summary>
    [Id(1)]
    public string? Field { get; private set; }

    /// <summary>Every argument at fault, in the order in which they were looked at; empty where no argument is. One argument may have
    /// several faults.</summary>
    [Id(2)]
    public ImmutableArray<ArgumentFault> Faults { get; private set; } = [];

    /// <summary>An argument is missing or out of its range.</summary>
    public static TokenAuthorityException Invalid(string field, string message) => new(ErrorCode.InvalidArgument, message, field);

    /// <summary>Arguments are missing or out of their ranges.</summary>
    /// <param name="faults">At least one.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static TokenAuthorityException Invalid(ImmutableArray<ArgumentFault> faults) => faults.IsDefaultOrEmpty
        ? throw new ArgumentException("There must be a fault.", nameof(faults))
        : new TokenAuthorityException(faults);

    /// <summary>What was named does not exist.</summary>
    public static TokenAuthorityException NotFound(string what) => new(ErrorCode.NotFound, what + " does not exist.");

    /// <summary>The answer is not known; the call can be repeated.</summary>
    public static TokenAuthorityException Unavailable(string message) => new(ErrorCode.Unavailable, message);
}
