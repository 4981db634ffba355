using System.Globalization;

namespace OrleansTokens.Benchmarks;

/// <summary>A token that was stored, and where it counts.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Username">Its username.</param>
/// <param name="Secret">Its secret.</param>
/// <param name="Project">The path of its project.</param>
internal sealed record SeededToken(long Id, string Username, string Secret, string Project)
{
    /// <summary>The secret with one character of its random part changed: its tag is wrong.</summary>
    public string Mistyped => Secret[..^20] + (Secret[^20] == 'A' ? 'B' : 'A') + Secret[^19..];
}

/// <summary>The tokens that were stored.</summary>
internal sealed class Population(IReadOnlyList<SeededToken> all)
{
    /// <summary>One token in so many is revoked.</summary>
    public const int RevokedEvery = 20;

    public IReadOnlyList<SeededToken> All => all;

    public IReadOnlyList<SeededToken> Alive { get; } = [.. all.Where(static token => !IsRevoked(token.Id))];

    public IReadOnlyList<SeededToken> Revoked { get; } = [.. all.Where(static token => IsRevoked(token.Id))];

    /// <summary>What is shown, so that one credential in <see cref="RevokedEvery"/> is bad: half of the revoked tokens as they are, half
    /// mistyped.</summary>
    public IEnumerable<SeededToken> Mixed => all.Select(static token =>
        IsRevoked(token.Id) && token.Id / RevokedEvery % 2 == 0 ? token with { Secret = token.Mistyped } : token);

    public static bool IsRevoked(long id) => id % RevokedEvery == 0;

    /// <summary>So many of them, from all over.</summary>
    public Population Spread(int count)
    {
        // Whatever is taken, one in so many of it must be revoked: it is taken in runs of that length.
        var runs = Math.Max(1, count / RevokedEvery);
        var step = Math.Max(1, all.Count / RevokedEvery / runs);
        return new Population([.. all.Chunk(RevokedEvery).Where((_, i) => i % step == 0).Take(runs).SelectMany(static run => run)]);
    }

    /// <summary>Writes a line for each token: id, username, secret, project, and 1 if it is revoked, between tabs.</summary>
    public void Save(string file) => File.WriteAllLines(file, all.Select(static token => string.Create(
        CultureInfo.InvariantCulture, $"{token.Id}\t{token.Username}\t{token.Secret}\t{token.Project}\t{(IsRevoked(token.Id) ? 1 : 0)}")));
}
