using OrleansTokens.EndToEnd.Tests.Programs;

namespace OrleansTokens.EndToEnd.Tests.Registry;

/// <summary>skopeo, buildah and podman, with everything they keep below one directory, and one small image built from nothing.</summary>
internal sealed class ContainerTools
{
    public const string Image = "localhost/hello:1";

    private readonly TemporaryDirectory _directory;
    private readonly string[] _storage;
    private int _logins;

    private ContainerTools(TemporaryDirectory directory)
    {
        _directory = directory;
        _storage = ["--root", directory.Create("root"), "--runroot", directory.Create("run"), "--storage-driver", "vfs"];
    }

    /// <summary>The image as skopeo copies it from.</summary>
    public string Layout => $"oci:{_directory["layout"]}:hello";

    public static async Task<ContainerTools> CreateAsync(TemporaryDirectory directory)
    {
        var tools = new ContainerTools(directory);
        var context = directory.Create("context");
        await File.WriteAllTextAsync(Path.Combine(context, "hello"), "hello\n");
        await File.WriteAllTextAsync(Path.Combine(context, "Containerfile"), "FROM scratch\nCOPY hello /hello\n");
        _ = (await tools.BuildahAsync("build", "--isolation", "chroot", "--tag", Image, context)).Succeeded();
        _ = (await tools.BuildahAsync("push", Image, tools.Layout)).Succeeded();
        return tools;
    }

    public static Task<ProgramResult> SkopeoAsync(params string[] arguments) => Shell.RunAsync("skopeo", ["--insecure-policy", .. arguments]);

    public Task<ProgramResult> BuildahAsync(params string[] arguments) => Shell.RunAsync("buildah", [.. _storage, .. arguments]);

    public Task<ProgramResult> PodmanAsync(params string[] arguments) =>
        Shell.RunAsync("podman", [.. _storage, "--tmpdir", _directory["podman"], "--events-backend", "file", .. arguments]);

    public Task<ProgramResult> PushAsync(IssuedToken token, string image) =>
        SkopeoAsync("copy", "--dest-tls-verify=false", "--dest-creds", token.Credentials, Layout, $"docker://{image}");

    public Task<ProgramResult> PullAsync(IssuedToken token, string image) =>
        SkopeoAsync("copy", "--src-tls-verify=false", "--src-creds", token.Credentials, $"docker://{image}", $"dir:{_directory.Create("pulled")}");

    /// <summary>A file for the credentials of one login.</summary>
    public string CredentialsFile() => _directory[$"credentials-{Interlocked.Increment(ref _logins)}.json"];
}
