using System.Text;
using OrleansTokens.Namespaces;

namespace OrleansTokens.Silo.Http.GitLabApi;

/// <summary>What groups and projects may be called, by GitLab's rules. For names that are given only: one that is made of a path, or is
/// there already, is as it is.</summary>
internal static class NamespaceNames
{
    private const string RuleOfProjects =
        "can contain only letters, digits, emojis, '_', '.', '+', dashes, or spaces. It must start with a letter, digit, emoji, or '_'.";

    private const string RuleOfGroups =
        "can contain only letters, digits, emojis, '_', '.', dash, space, parenthesis. It must start with letter, digit, emoji or '_'.";

    /// <summary>What GitLab takes for an emoji, and much else: everything between these two.</summary>
    private static readonly (Rune First, Rune Last) Emojis = (new(0xa9), new(0x1f9ff));

    /// <summary>What is wrong with a name; null for nothing. That it is blank or too long is said elsewhere.</summary>
    public static string? FaultOf(string name, NamespaceKind kind)
    {
        var others = kind == NamespaceKind.Group ? "-. ()" : "-. +";
        var isFirst = true;
        foreach (var rune in name.EnumerateRunes())
        {
            if (!IsPlain(rune) && (isFirst || !(rune.IsAscii && others.Contains((char)rune.Value, StringComparison.Ordinal))))
            {
                return kind == NamespaceKind.Group ? RuleOfGroups : RuleOfProjects;
            }

            isFirst = false;
        }

        return null;
    }

    private static bool IsPlain(Rune rune) =>
        Rune.IsLetterOrDigit(rune) || rune.Value == '_' || (rune >= Emojis.First && rune <= Emojis.Last);
}
