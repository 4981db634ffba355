using System.Text;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>How names of groups and projects must begin, as at GitLab, and in its words. What follows is not looked at: nothing is
/// found by a name.</summary>
internal static class NamespaceNames
{
    private const string RuleOfProjects =
        "can contain only letters, digits, emojis, '_', '.', '+', dashes, or spaces. It must start with a letter, digit, emoji, or '_'.";

    private const string RuleOfGroups =
        "can contain only letters, digits, emojis, '_', '.', dash, space, parenthesis. It must start with letter, digit, emoji or '_'.";

    /// <summary>What GitLab takes for emojis, and much else: everything between these two.</summary>
    private static readonly (Rune First, Rune Last) Emojis = (new(0xa9), new(0x1f9ff));

    /// <summary>What is wrong with a name; null for nothing. That it is blank or too long is said elsewhere.</summary>
    public static string? FaultOf(string name, NamespaceKind kind)
    {
        foreach (var rune in name.TrimStart().EnumerateRunes())
        {
            return MayBegin(rune) ? null : kind == NamespaceKind.Group ? RuleOfGroups : RuleOfProjects;
        }

        return null;
    }

    private static bool MayBegin(Rune rune) =>
        Rune.IsLetterOrDigit(rune) || rune.Value == '_' || (rune >= Emojis.First && rune <= Emojis.Last);
}
