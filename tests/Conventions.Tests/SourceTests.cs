using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace OrleansTokens.Conventions.Tests;

public sealed class SourceTests
{
    private const int MaxFileLines = 400;
    private const int MaxMethodLines = 60;

    private static readonly string[] Unfinished = ["TODO", "FIXME", "HACK", "XXX", "NotImplementedException"];

    [Fact]
    public void SourceFile_WhenMeasured_HasAtMost400Lines() =>
        Assert.Empty(Repository.Files(".cs", ".sh", ".py").Where(file => Repository.Read(file).Split('\n').Length - 1 > MaxFileLines));

    [Fact]
    public void Method_WhenMeasured_HasAtMost60Lines() => Assert.Empty(
        from file in Repository.Files(".cs")
        from member in Parse(file).DescendantNodes().Where(static n =>
            n is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax)
        let span = member.SyntaxTree.GetLineSpan(member.Span)
        where span.EndLinePosition.Line - span.StartLinePosition.Line + 1 > MaxMethodLines
        select $"{file}:{span.StartLinePosition.Line + 1}");

    [Fact]
    public void Source_WhenSearched_HasNothingUnfinished() => Assert.Empty(
        from file in Repository.Files(".cs", ".sh", ".py", ".md", ".lua")
        where !file.StartsWith("tests/Conventions.Tests/", StringComparison.Ordinal)
        from word in Unfinished
        where Repository.Read(file).Split(Separators).Contains(word)
        select $"{file}: {word}");

    [Fact]
    public void Test_WhenSearched_NeitherSleepsNorIsSkipped()
    {
        string[] forbidden = ["Thread.Sleep", "Task.Delay(", "Skip ="];
        Assert.Empty(
            from file in Repository.Files(".cs")
            where file.StartsWith("tests/", StringComparison.Ordinal) && !file.StartsWith("tests/Conventions.Tests/", StringComparison.Ordinal)
            from line in Repository.Read(file).Split('\n')
            from word in forbidden
            where line.Contains(word, StringComparison.Ordinal) && !IsBoundedPolling(line)
            select $"{file}: {line.Trim()}");
    }

    [Fact]
    public void Product_WhenSearched_SwallowsNoException() => Assert.Empty(
        from file in Repository.Files(".cs")
        where !file.StartsWith("tests/", StringComparison.Ordinal)
        from clause in Parse(file).DescendantNodes().OfType<CatchClauseSyntax>()
        where clause.Block.Statements.Count == 0 && clause.Filter is null
        let position = clause.SyntaxTree.GetLineSpan(clause.Span).StartLinePosition
        select $"{file}:{position.Line + 1}");

    [Fact]
    public void References_WhenRead_GoOneWay()
    {
        Assert.DoesNotContain("Grains.csproj", Repository.Read("Client/Client.csproj"), StringComparison.Ordinal);
        Assert.DoesNotContain("ProjectReference", Repository.Read("Grains.Interfaces/Grains.Interfaces.csproj"), StringComparison.Ordinal);
        Assert.DoesNotContain("Client.csproj", Repository.Read("Grains/Grains.csproj"), StringComparison.Ordinal);
        Assert.Empty(
            from file in Repository.Files(".cs")
            where file.StartsWith("Silo/Http/", StringComparison.Ordinal)
            where Repository.Read(file).Contains("IGrainFactory", StringComparison.Ordinal)
            select file);
    }

    [Fact]
    public void Versions_WhenSearched_AreInOnePlace() => Assert.Empty(
        Repository.Files(".csproj").Where(file => Repository.Read(file).Contains(" Version=\"", StringComparison.Ordinal)));

    private static readonly char[] Separators = [' ', '\n', '\t', '(', ')', '.', ',', ':', ';', '"', '\'', '`', '/', '*'];

    /// <summary>Between two looks at another process there is nothing to wait on but time.</summary>
    private static bool IsBoundedPolling(string line) => line.Contains("TimeProvider.System", StringComparison.Ordinal);

    private static SyntaxNode Parse(string file) =>
        CSharpSyntaxTree.ParseText(Repository.Read(file), new CSharpParseOptions(LanguageVersion.Latest)).GetRoot();
}
