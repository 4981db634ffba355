namespace OrleansTokens.Benchmarks;

/// <summary>A folder that goes when it is disposed.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("orleanstokens-benchmark-").FullName;

    /// <summary>The path of a name in the folder.</summary>
    public string At(string name) => System.IO.Path.Combine(Path, name);

    /// <summary>Writes requests for <see cref="LoadGenerator"/>; says where they are.</summary>
    public string Write(string name, IEnumerable<string> requests)
    {
        File.WriteAllText(At(name), string.Join('\0', requests));
        return At(name);
    }

    /// <summary>Copies what lies at one name to another; says where.</summary>
    public string Copy(string name, string to)
    {
        Directory.CreateDirectory(At(to));
        foreach (var file in Directory.EnumerateFiles(At(name)))
        {
            File.Copy(file, System.IO.Path.Combine(At(to), System.IO.Path.GetFileName(file)));
        }

        return At(to);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
