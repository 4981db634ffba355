using System.IO.Compression;
using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Packages;

/// <summary>
/// A program that publishes packages and fetches them again. A package has one file, whose text is the version. Nothing is kept between
/// two runs, so that each asks the registry.
/// </summary>
/// <param name="folder">Where the program may write.</param>
internal abstract class PackageClient(TemporaryDirectory folder)
{
    private static int s_runs;

    /// <summary>The part of the address behind <c>packages/</c>.</summary>
    public abstract string Format { get; }

    /// <summary>Publishes a version.</summary>
    /// <param name="registry">GitLab's address of the registry, without a slash at its end.</param>
    /// <param name="token">Who publishes; null for nobody.</param>
    /// <param name="version">The version.</param>
    public abstract Task<ProgramResult> PublishAsync(string registry, IssuedToken? token, string version);

    /// <summary>Fetches a version. A run that succeeded has brought the right content.</summary>
    /// <inheritdoc cref="PublishAsync"/>
    public abstract Task<ProgramResult> FetchAsync(string registry, IssuedToken? token, string version);

    protected TemporaryDirectory Folder { get; } = folder;

    /// <summary>A directory that no earlier run has used.</summary>
    protected string NewDirectory() => Folder.Create($"{Format}-{Interlocked.Increment(ref s_runs)}");

    protected static void AssertContent(string file, string version) => Assert.Equal(version, File.ReadAllText(file));

    protected static void WriteZip(string file, params (string Name, string Content)[] entries)
    {
        using var archive = ZipFile.Open(file, ZipArchiveMode.Create);
        foreach (var (name, content) in entries)
        {
            using var writer = new StreamWriter(archive.CreateEntry(name).Open());
            writer.Write(content);
        }
    }
}
