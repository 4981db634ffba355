using System.Globalization;

namespace Registry;

/// <summary>Keeps files in a directory, one folder for each project.</summary>
public sealed class FileStore(string directory)
{
    private const int MaxNameLength = 100;

    private readonly string _root = Path.GetFullPath(directory);

    /// <summary>The path of a file; null where there is none.</summary>
    public string? Find(long project, string package, string version, string file) =>
        AreNames(package, version, file) && PathOf(project, package, version, file) is var path && File.Exists(path) ? path : null;

    /// <summary>Keeps a file, as a whole or not at all; false where a name cannot be one.</summary>
    public async Task<bool> SaveAsync(
        long project, string package, string version, string file, Stream content, CancellationToken cancellation)
    {
        if (!AreNames(package, version, file))
        {
            return false;
        }

        var path = PathOf(project, package, version, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var partial = Path.Combine(_root, Path.GetRandomFileName());
        try
        {
            await using (var stream = File.Create(partial))
            {
                await content.CopyToAsync(stream, cancellation);
            }

            File.Move(partial, path, overwrite: true);
            return true;
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static bool AreNames(params string[] names) => names.All(static name =>
        name.Length is > 0 and <= MaxNameLength && name[0] != '.' && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'));

    private string PathOf(long project, string package, string version, string file) =>
        Path.Combine(_root, project.ToString(CultureInfo.InvariantCulture), package, version, file);
}
