using System.Text.RegularExpressions;

namespace OrleansTokens.Conventions.Tests;

public sealed partial class DocumentationTests
{
    [Fact]
    public void Link_WhenItLeadsIntoTheRepository_LeadsSomewhere() => Assert.Empty(
        from file in Repository.Files(".md")
        from Match link in Link().Matches(Repository.Read(file))
        let target = link.Groups[1].Value.Split('#')[0]
        where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal)
        let path = Path.Combine(Repository.Root, Path.GetDirectoryName(file) ?? "", target)
        where !File.Exists(path) && !Directory.Exists(path)
        select $"{file}: {target}");

    [Fact]
    public void ErrorCode_WhenDeclared_HasItsHeadingAndNumber()
    {
        var headings = Heading().Matches(Repository.Read("docs/errors.md")).Select(m => $"{m.Groups[1].Value}={m.Groups[2].Value}");
        var codes = Enum.GetValues<Errors.ErrorCode>().Where(c => c != Errors.ErrorCode.None).Select(c => $"{c}={(int)c}");
        Assert.Equal(codes.Order(), headings.Order());
    }

    [Fact]
    public void Guarantee_WhenStated_NamesTestsThatExist()
    {
        var names = Guarantees().ToList();
        Assert.NotEmpty(names);
        var declared = Repository.Files(".cs").Where(f => f.StartsWith("tests/", StringComparison.Ordinal))
            .SelectMany(f => Declaration().Matches(Repository.Read(f)).Select(m => m.Groups[1].Value)).ToHashSet();
        Assert.Empty(names.Where(name => !declared.Contains(name)));
    }

    [Fact]
    public void Guarantee_WhenStated_HasATest() => Assert.Empty(
        Repository.Read("docs/consistency.md").Split('\n').Where(static line => Row().IsMatch(line) && !TestName().IsMatch(line)));

    [Fact]
    public void DenyReason_WhenDeclared_IsInTheHttpApi() => Assert.Empty(
        Enum.GetValues<Validation.DenyReason>().Where(r => r != Validation.DenyReason.None)
            .Select(Validation.DenyReasonNames.Of)
            .Where(name => !Repository.Read("docs/http-api.md").Contains($"`{name}`", StringComparison.Ordinal)));

    [Fact]
    public void Setting_WhenRead_IsInTheOperationsPage()
    {
        var page = Repository.Read("docs/operations.md");
        var keys = Repository.Files(".cs").Where(f => f.StartsWith("Silo/Hosting/", StringComparison.Ordinal))
            .SelectMany(f => SettingKey().Matches(Repository.Read(f)).Select(m => m.Groups[1].Value)).Distinct().ToList();
        Assert.True(keys.Count >= 8, "The settings were not found in the source.");
        Assert.Empty(keys.Where(key => !page.Contains($"`Grid:{key}`", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Guarantees() =>
        TestName().Matches(Repository.Read("docs/consistency.md")).Select(m => m.Groups[1].Value);

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^## (\w+)\n\n(\d+) ·", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\| \d+ \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"`(\w+_\w+_\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"public (?:async Task|Task|void) (\w+)\(")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"reader\.(?:Text|List|Number|Duration|Choice|Flag|BaseUrl)(?:<\w+>)?\(""([\w:]+)""")]
    private static partial Regex SettingKey();
}
