namespace OrleansTokens.EndToEnd.Tests.Programs;

/// <summary>A fresh directory that goes away with its owner.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("ot-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Create(string name) => Directory.CreateDirectory(this[name]).FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
