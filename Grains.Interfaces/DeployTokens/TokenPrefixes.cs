using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace OrleansTokens.DeployTokens;

/// <summary>
/// The prefixes by which this installation knows its own tokens: the one it issues under, and former ones, whose tokens go on
/// working. Immutable.
/// </summary>
public sealed class TokenPrefixes
{
    /// <summary>
    /// The prefix of GitLab's deploy tokens, which secret scanners look for: <c>gldt-</c>. Used unless another is configured.
    /// </summary>
    public const string DefaultPrefix = "gldt-";

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private readonly string[] longestFirst;

    private TokenPrefixes(string issuing, IEnumerable<string> all)
    {
        Issuing = issuing;
        longestFirst = [.. all.OrderByDescending(prefix => prefix.Length)];
    }

    /// <summary><see cref="DefaultPrefix"/> alone.</summary>
    public static TokenPrefixes Default { get; } = new(DefaultPrefix, [DefaultPrefix]);

    /// <summary>The prefix of new tokens.</summary>
    public string Issuing { get; }

    /// <summary>The prefixes that only older tokens carry.</summary>
    public IEnumerable<string> Former => longestFirst.Where(prefix => prefix != Issuing);

    /// <summary>Makes the set of accepted prefixes.</summary>
    /// <param name="issuing">
    /// The prefix of new tokens: 1 to <see cref="Limits.MaxTokenPrefixLength"/> characters of A-Z, a-z, 0-9, <c>-</c> and <c>_</c>.
    /// It should end with <c>-</c> or <c>_</c>, so that people see where it ends.
    /// </param>
    /// <param name="former">Prefixes that older tokens carry, same rule; may repeat the issuing one.</param>
    /// <param name="prefixes">The set, or <see langword="null"/> when it is refused.</param>
    /// <param name="error">Why it is refused, naming the prefix; <see langword="null"/> otherwise.</param>
    /// <returns>
    /// <see langword="false"/> when a prefix breaks the rule, when there are more than <see cref="Limits.MaxTokenPrefixes"/>, or when
    /// one continues another with the letter <c>A</c>, with which every payload begins: a token could then be read in two ways.
    /// </returns>
    public static bool TryCreate(
        string issuing,
        IEnumerable<string> former,
        [NotNullWhen(true)] out TokenPrefixes? prefixes,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(issuing);
        ArgumentNullException.ThrowIfNull(former);
        string[] all = [.. former.Prepend(issuing).Distinct(StringComparer.Ordinal)];
        error = all.Length > Limits.MaxTokenPrefixes
            ? $"There are {all.Length} token prefixes; at most {Limits.MaxTokenPrefixes} are accepted at once."
            : all.Select(Fault).FirstOrDefault(fault => fault is not null) ?? Ambiguity(all);
        prefixes = error is null ? new TokenPrefixes(issuing, all) : null;
        return prefixes is not null;
    }

    /// <summary>
    /// The prefix a text begins with. Where two do, the longer one: read with the shorter, the payload would not begin with
    /// <c>A</c> (see <see cref="TryCreate"/>).
    /// </summary>
    internal string? Match(ReadOnlySpan<char> text)
    {
        foreach (var prefix in longestFirst)
        {
            if (text.StartsWith(prefix, StringComparison.Ordinal))
            {
                return prefix;
            }
        }

        return null;
    }

    private static string? Fault(string? prefix) => prefix switch
    {
        null or "" => "A token prefix is empty.",
        { Length: > Limits.MaxTokenPrefixLength } =>
            $"The token prefix '{prefix[..Limits.MaxTokenPrefixLength]}...' is longer than {Limits.MaxTokenPrefixLength} characters.",
        _ when prefix.AsSpan().ContainsAnyExcept(Alphabet) =>
            $"The token prefix '{prefix}' may hold only A-Z, a-z, 0-9, '-' and '_'.",
        _ => null,
    };

    private static string? Ambiguity(string[] all) =>
        (from longer in all
         from shorter in all
         where longer.StartsWith(shorter + TokenFormat.FirstPayloadCharacter, StringComparison.Ordinal)
         select $"The token prefix '{longer}' continues '{shorter}' with '{TokenFormat.FirstPayloadCharacter}', "
             + "with which every payload begins; a token could be read in two ways.").FirstOrDefault();
}
