using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace OrleansTokens.Client.Tests;

/// <summary>The read-mes that go with the packages.</summary>
public sealed class ReadmeTests
{
    private const string Start = "```csharp\n";
    private const string End = "```";

    /// <summary>What a project of the web SDK imports by itself.</summary>
    private const string ImplicitUsings = """
        global using System; global using System.IO; global using System.Linq; global using System.Collections.Generic;
        global using System.Threading; global using System.Threading.Tasks; global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Http; global using Microsoft.AspNetCore.Routing; global using Microsoft.AspNetCore.Hosting;
        global using Microsoft.Extensions.Configuration; global using Microsoft.Extensions.DependencyInjection;
        global using Microsoft.Extensions.Hosting; global using Microsoft.Extensions.Logging;
        """;

    [Theory]
    [InlineData("Client", 2)]
    [InlineData("Client/PostgreSql", 1)]
    [InlineData("Client/AzureTables", 1)]
    public void Code_WhenPasted_Compiles(string project, int expectedBlocks)
    {
        var blocks = File.ReadAllText(Path.Combine(Root(), project, "README.md")).Split(Start).Skip(1)
            .Select(static rest => rest[..rest.IndexOf(End, StringComparison.Ordinal)]).ToList();
        Assert.Equal(expectedBlocks, blocks.Count);
        Assert.Empty(blocks.SelectMany(Faults));
    }

    private static IEnumerable<string> Faults(string code)
    {
        var program = CSharpSyntaxTree.ParseText(code);
        var isProgram = program.GetRoot().ChildNodes().OfType<Microsoft.CodeAnalysis.CSharp.Syntax.GlobalStatementSyntax>().Any();
        var compilation = CSharpCompilation.Create(
            "Readme",
            [program, CSharpSyntaxTree.ParseText(ImplicitUsings)],
            ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
                .Select(static assembly => MetadataReference.CreateFromFile(assembly)),
            new CSharpCompilationOptions(
                isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        return compilation.GetDiagnostics().Where(static d => d.Severity >= DiagnosticSeverity.Warning).Select(static d => d.ToString());
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "OrleansTokens.sln")))
        {
            directory = directory.Parent;
        }

        return directory.FullName;
    }
}
